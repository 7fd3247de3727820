using Postseal.Protocol;
using Postseal.Protocol.MtaSts;

namespace Postseal.Resolver.Sts;

/// <summary>The store seam: policies by domain.</summary>
public interface IPolicyStore
{
    /// <summary>The policy kept for the domain, expired ones included; null when there is none.</summary>
    Task<CachedPolicy?> FindAsync(DomainName domain, CancellationToken ct);

    /// <summary>Keeps the policy in place of any other of the same domain.</summary>
    Task SaveAsync(CachedPolicy policy, CancellationToken ct);
}

/// <summary>A policy as fetched once.</summary>
/// <param name="Domain">The policy domain.</param>
/// <param name="Policy">The policy.</param>
/// <param name="Id">The record's <c>id</c> seen before the fetch (standard.md 8461-3.3-18).</param>
/// <param name="FetchedAt">When the HTTPS fetch succeeded; the age counts from here.</param>
public sealed record CachedPolicy(DomainName Domain, StsPolicy Policy, string Id, DateTimeOffset FetchedAt)
{
    /// <summary>True until <c>max_age</c> has passed since the fetch (RFC 8461 §3.2). An unchanged <c>id</c> extends nothing.</summary>
    public bool IsLive(DateTimeOffset now) => now < FetchedAt + Policy.Lifetime;
}
