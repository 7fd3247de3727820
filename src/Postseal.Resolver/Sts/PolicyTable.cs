using System.Collections.Concurrent;
using Postseal.Protocol;
using Postseal.Resolver.Concurrency;

namespace Postseal.Resolver.Sts;

/// <summary>The states of all domains in memory: those with a policy, which are kept until they expire, and a bounded number of others. Where memory is short the texts of
/// the least used policies are left to the store; what is known of each besides stays, so that no policy in force is forgotten.</summary>
/// <param name="maxPolicies">Policies kept at most.</param>
/// <param name="memory">Bytes that all this may take.</param>
internal sealed class PolicyTable(int maxPolicies, StsMemory memory)
{
    // A flood of invented domains must not fill the memory. What is remembered of such a domain holds a minute.
    private const int MaxOthersPerGeneration = 16_384;

    // Making room for many at once, since finding the least used ones looks at all of them.
    private const int EvictedAtOnce = 20; // one in so many

    private readonly ConcurrentDictionary<DomainName, StsState> _policies = new();
    private readonly Generations<DomainName, StsState> _others = new(MaxOthersPerGeneration)
    {
        MaxBytes = memory.Others,
        Weight = (_, state) => Weights.Of(state),
    };
    private readonly Lock _gate = new(); // of what changes the policies: entries, count and bytes go together
    private long _bytes;
    private int _count;

    /// <summary>Domains with a policy.</summary>
    public IEnumerable<StsState> Policies => _policies.Select(p => p.Value);

    /// <summary>How many of them there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Bytes that they take, about.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>What is remembered of a domain; an empty state when nothing is.</summary>
    public StsState Get(DomainName domain) => Find(domain) ?? new(domain);

    /// <summary>What is remembered of a domain.</summary>
    public StsState? Find(DomainName domain) =>
        _policies.TryGetValue(domain, out var state) || _others.TryGet(domain, out state) ? state : null;

    /// <summary>Keeps a state. Gives the least used policies that had to go to make room for it.</summary>
    public IReadOnlyList<StsState> Put(StsState state)
    {
        lock (_gate)
        {
            if (state.Cached is null)
            {
                Drop(state.Domain);
                _others.Put(state.Domain, state);
                return [];
            }

            if (!Set(state))
                _others.Remove(state.Domain);

            return Bound(state.Domain);
        }
    }

    /// <summary>Keeps a state that comes from the store, its text only where there is room; unless a policy of the domain is known already.</summary>
    /// <returns>What was known of the domain, and the least used policies that had to go.</returns>
    public (StsState? Before, IReadOnlyList<StsState> Evicted) TryAdd(StsState state)
    {
        lock (_gate)
        {
            var before = Find(state.Domain);
            if (before is { Cached: not null })
                return (before, []);

            Set(_bytes + Weights.Of(state) > memory.Policies ? state.Shelved() : state);
            _others.Remove(state.Domain);
            return (before, Bound(state.Domain));
        }
    }

    /// <summary>Replaces a state unless somebody else has done so meanwhile.</summary>
    public bool TryReplace(StsState known, StsState next)
    {
        lock (_gate)
        {
            if (!_policies.TryGetValue(known.Domain, out var now) || !ReferenceEquals(now, known))
                return false;

            if (next.Cached is not null)
            {
                Set(next);
                MakeRoom(next.Domain);
                return true;
            }

            Drop(known.Domain);
            _others.Put(next.Domain, next);
            return true;
        }
    }

    /// <summary>Forgets a domain altogether; gives what was known of it.</summary>
    public StsState? Remove(DomainName domain)
    {
        lock (_gate)
        {
            var state = Find(domain);
            Drop(domain);
            _others.Remove(domain);
            return state;
        }
    }

    // True when there was one before.
    private bool Set(StsState state)
    {
        var isKnown = _policies.TryGetValue(state.Domain, out var before);
        _policies[state.Domain] = state;
        _bytes += Weights.Of(state) - (isKnown ? Weights.Of(before!) : 0);
        _count += isKnown ? 0 : 1;
        return isKnown;
    }

    private void Drop(DomainName domain)
    {
        if (!_policies.TryRemove(domain, out var state))
            return;

        _count--;
        _bytes -= Weights.Of(state);
    }

    private List<StsState> Bound(DomainName newest)
    {
        MakeRoom(newest);
        if (_count <= maxPolicies && _bytes <= memory.Policies)
            return [];

        // Too many, or more than fits though the texts are gone: the least used go altogether.
        var (count, bytes) = (
            Math.Min(_count - 1, maxPolicies - Math.Max(1, maxPolicies / EvictedAtOnce) + 1),
            Less(memory.Policies)
        );
        var gone = new List<StsState>();
        foreach (var state in LeastUsed(newest, _ => true))
        {
            if (_count <= count && _bytes <= bytes)
                break;

            Drop(state.Domain);
            gone.Add(state);
        }

        return gone;
    }

    // Leaves texts to the store, those of the least used policies first.
    private void MakeRoom(DomainName newest)
    {
        if (_bytes <= memory.Policies)
            return;

        foreach (var state in LeastUsed(newest, s => s.Cached is { IsWhole: true, IsStored: true }))
        {
            if (_bytes <= Less(memory.Policies))
                return;

            Set(state.Shelved());
        }
    }

    private List<StsState> LeastUsed(DomainName newest, Func<StsState, bool> which) =>
        [.. Policies.Where(s => which(s) && !s.Domain.Equals(newest)).OrderBy(s => s.Use.At)];

    private static long Less(long bytes) => bytes - (bytes / EvictedAtOnce);
}
