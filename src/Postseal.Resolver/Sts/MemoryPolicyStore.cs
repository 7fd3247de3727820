using System.Collections.Concurrent;
using Postseal.Protocol;

namespace Postseal.Resolver.Sts;

/// <summary>Policies for the life of the process.</summary>
public sealed class MemoryPolicyStore : IPolicyStore
{
    private readonly ConcurrentDictionary<DomainName, CachedPolicy> _policies = new();

    /// <inheritdoc/>
    public Task<CachedPolicy?> FindAsync(DomainName domain, CancellationToken ct) =>
        Task.FromResult(_policies.GetValueOrDefault(domain));

    /// <inheritdoc/>
    public Task SaveAsync(CachedPolicy policy, CancellationToken ct)
    {
        _policies[policy.Domain] = policy;
        return Task.CompletedTask;
    }
}
