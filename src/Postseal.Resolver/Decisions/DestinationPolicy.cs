using Postseal.Protocol.Socketmap;

namespace Postseal.Resolver.Decisions;

/// <summary>What a policy server answers for a destination, and why.</summary>
/// <param name="Reply">The answer.</param>
/// <param name="Cause">A stable word: <c>enforce</c>, <c>testing</c>, <c>none</c>, <c>not-published</c>, <c>dane</c>, <c>dane-lookup</c>, or what failed:
/// <c>dns</c>, <c>record</c>, <c>fetch</c>, <c>policy</c>, <c>mx</c>, <c>timeout</c>.</param>
public sealed record DestinationPolicy(SocketmapReply Reply, string Cause)
{
    /// <summary>The answer of MTA-STS alone, for a mail server that has no use for DANE levels (Sendmail).</summary>
    public SocketmapReply WithoutDane { get; init; } = Reply;
}
