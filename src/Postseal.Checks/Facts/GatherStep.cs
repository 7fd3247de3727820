using Postseal.Protocol;

namespace Postseal.Checks.Facts;

/// <summary>One step of gathering has ended: progress for people and event streams.</summary>
/// <param name="Domain">The domain being checked.</param>
/// <param name="Name">Stable name: <c>record</c>, <c>policy-host</c>, <c>policy</c>, <c>tlsrpt</c>, <c>mx</c>, <c>host</c>, <c>dane</c>, <c>session</c>, <c>report-targets</c>.</param>
/// <param name="Subject">What it was about; safe to print.</param>
public sealed record GatherStep(DomainName Domain, string Name, string Subject);
