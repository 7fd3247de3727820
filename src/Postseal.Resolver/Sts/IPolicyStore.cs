using Postseal.Protocol;

namespace Postseal.Resolver.Sts;

/// <summary>The store seam: policies that outlive the process, and the journal of what became of them. A store never throws for what a disk can do: it says so
/// in its own log, keeps what it could not write and tries again. Only cancellation throws.</summary>
public interface IPolicyStore
{
    /// <summary>All policies kept, expired ones included. There may be more than fits into memory: they come as they are read.</summary>
    IAsyncEnumerable<KeptPolicy> LoadAsync(CancellationToken ct);

    /// <summary>The policy kept of a domain, whole; null when there is none, or it cannot be read.</summary>
    Task<KeptPolicy?> FindAsync(DomainName domain, CancellationToken ct);

    /// <summary>Keeps the policy in place of any other of the same domain.</summary>
    /// <returns>True once it survives a crash, so that memory may do without its text; false when it cannot be written now.</returns>
    Task<bool> SaveAsync(CachedPolicy policy, CancellationToken ct);

    /// <summary>Drops the policy, unless one fetched later has taken its place.</summary>
    Task RemoveAsync(CachedPolicy policy, CancellationToken ct);

    /// <summary>Notes when policies were last asked for.</summary>
    Task MarkUsedAsync(IReadOnlyList<(DomainName Domain, DateTimeOffset At)> uses, CancellationToken ct);

    /// <summary>Adds a line to the journal.</summary>
    Task RecordAsync(PolicyChange change, CancellationToken ct);

    /// <summary>The newest lines of the journal about a domain, newest first.</summary>
    Task<IReadOnlyList<PolicyChange>> ChangesAsync(DomainName domain, int most, CancellationToken ct);
}

/// <summary>A policy as it comes out of the store.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="UsedAt">When it was last asked for.</param>
public sealed record KeptPolicy(CachedPolicy Policy, DateTimeOffset UsedAt);
