using System.Collections.Concurrent;
using Postseal.Protocol;

namespace Postseal.Resolver.Sts;

/// <summary>Policies for the life of the process.</summary>
public sealed class MemoryPolicyStore : IPolicyStore
{
    // A journal for people, as in the durable store.
    private const int MaxChanges = 10_000;

    private readonly ConcurrentDictionary<DomainName, KeptPolicy> _policies = new();
    private readonly ConcurrentQueue<PolicyChange> _changes = new();

    /// <inheritdoc/>
    public IAsyncEnumerable<KeptPolicy> LoadAsync(CancellationToken ct) => _policies.Values.ToAsyncEnumerable();

    /// <inheritdoc/>
    public Task<KeptPolicy?> FindAsync(DomainName domain, CancellationToken ct) =>
        Task.FromResult(_policies.GetValueOrDefault(domain));

    /// <inheritdoc/>
    public Task<bool> SaveAsync(CachedPolicy policy, CancellationToken ct)
    {
        _policies[policy.Domain] = new(policy, policy.FetchedAt);
        return Task.FromResult(false); // memory is no disk: nothing is to be left to it
    }

    /// <inheritdoc/>
    public Task RemoveAsync(CachedPolicy policy, CancellationToken ct)
    {
        if (_policies.TryGetValue(policy.Domain, out var kept) && kept.Policy.FetchedAt <= policy.FetchedAt)
            _policies.TryRemove(new(policy.Domain, kept));

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task MarkUsedAsync(IReadOnlyList<(DomainName Domain, DateTimeOffset At)> uses, CancellationToken ct)
    {
        foreach (var (domain, at) in uses)
        {
            if (_policies.TryGetValue(domain, out var kept))
                _policies.TryUpdate(domain, kept with { UsedAt = at }, kept);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task RecordAsync(PolicyChange change, CancellationToken ct)
    {
        _changes.Enqueue(change);
        if (_changes.Count > MaxChanges)
            _changes.TryDequeue(out _);

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<PolicyChange>> ChangesAsync(DomainName domain, int most, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<PolicyChange>>([.. _changes.Reverse().Where(c => c.Domain.Equals(domain)).Take(most)]);
}
