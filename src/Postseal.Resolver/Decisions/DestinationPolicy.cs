using Postseal.Protocol.Socketmap;
using Postseal.Resolver.Mx;

namespace Postseal.Resolver.Decisions;

/// <summary>What a policy server answers for a destination, and why.</summary>
/// <param name="Reply">The answer.</param>
/// <param name="Cause">A stable word: <c>enforce</c>, <c>testing</c>, <c>none</c>, <c>not-published</c>, <c>dane</c>, <c>dane-lookup</c>, or what failed:
/// <c>dns</c>, <c>record</c>, <c>fetch</c>, <c>policy</c>, <c>mx</c>, <c>timeout</c>.</param>
/// <param name="Hosts">The decision for each MX host that was looked at.</param>
public sealed record DestinationPolicy(SocketmapReply Reply, string Cause, IReadOnlyList<(MxHost Host, Decision Decision)> Hosts);
