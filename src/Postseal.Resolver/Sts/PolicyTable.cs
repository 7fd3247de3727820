using System.Collections.Concurrent;
using Postseal.Protocol;
using Postseal.Resolver.Concurrency;

namespace Postseal.Resolver.Sts;

/// <summary>The states of all domains in memory: those with a policy, which are kept until they expire, and a bounded number of others.</summary>
internal sealed class PolicyTable(int maxPolicies)
{
    // About 10 MB: a flood of invented domains must not fill the memory. What is remembered of such a domain holds a minute.
    private const int MaxOthersPerGeneration = 16_384;

    // Making room for many at once, since finding the least used ones looks at all of them.
    private const int EvictedAtOnce = 20; // one in so many

    private readonly ConcurrentDictionary<DomainName, StsState> _policies = new();
    private readonly Generations<DomainName, StsState> _others = new(MaxOthersPerGeneration);
    private int _count;

    /// <summary>Domains with a policy.</summary>
    public IEnumerable<StsState> Policies => _policies.Select(p => p.Value);

    /// <summary>How many of them there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>What is remembered of a domain; an empty state when nothing is.</summary>
    public StsState Get(DomainName domain) => Find(domain) ?? new(domain);

    /// <summary>What is remembered of a domain.</summary>
    public StsState? Find(DomainName domain) =>
        _policies.TryGetValue(domain, out var state) || _others.TryGet(domain, out state) ? state : null;

    /// <summary>Keeps a state. Gives the least used policies that had to go to make room for it.</summary>
    public IReadOnlyList<StsState> Put(StsState state)
    {
        if (state.Cached is null)
        {
            Drop(state.Domain);
            _others.Put(state.Domain, state);
            return [];
        }

        var isNew = !_policies.ContainsKey(state.Domain);
        _policies[state.Domain] = state;
        if (!isNew)
            return [];

        _others.Remove(state.Domain);
        return Interlocked.Increment(ref _count) > maxPolicies ? Evict(state) : [];
    }

    /// <summary>Replaces a state unless somebody else has done so meanwhile.</summary>
    public bool TryReplace(StsState known, StsState next)
    {
        if (next.Cached is not null)
            return _policies.TryUpdate(known.Domain, next, known);

        if (!_policies.TryRemove(new(known.Domain, known)))
            return false;

        Interlocked.Decrement(ref _count);
        _others.Put(next.Domain, next);
        return true;
    }

    /// <summary>Forgets a domain altogether; gives what was known of it.</summary>
    public StsState? Remove(DomainName domain)
    {
        var state = Find(domain);
        Drop(domain);
        _others.Remove(domain);
        return state;
    }

    private void Drop(DomainName domain)
    {
        if (_policies.TryRemove(domain, out _))
            Interlocked.Decrement(ref _count);
    }

    private List<StsState> Evict(StsState newest)
    {
        var least = Policies
            .Where(s => !s.Domain.Equals(newest.Domain))
            .OrderBy(s => s.Use.At)
            .Take(Math.Max(1, maxPolicies / EvictedAtOnce))
            .ToList();
        least.ForEach(s => Drop(s.Domain));
        return least;
    }
}
