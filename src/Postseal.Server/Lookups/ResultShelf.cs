using Postseal.Protocol;

namespace Postseal.Server.Lookups;

/// <summary>The results of the last minutes, the oldest dropped first. Not safe for threads: the desk has the lock.</summary>
internal sealed class ResultShelf(LookupLimits limits, TimeProvider clock)
{
    private readonly Dictionary<DomainName, (Lookup Lookup, long Since)> _kept = [];
    private readonly Queue<(DomainName Domain, Lookup Lookup)> _order = [];

    /// <summary>The result of a domain if it is not older than this.</summary>
    public Lookup? Find(DomainName domain, TimeSpan age)
    {
        Drop();
        return _kept.TryGetValue(domain, out var kept) && clock.GetElapsedTime(kept.Since) <= age ? kept.Lookup : null;
    }

    /// <summary>Keeps a finished check.</summary>
    public void Add(Lookup lookup)
    {
        _kept[lookup.Domain] = (lookup, clock.GetTimestamp());
        _order.Enqueue((lookup.Domain, lookup));
        Drop();
    }

    private void Drop()
    {
        while (_order.TryPeek(out var oldest) && (_order.Count > limits.Kept || IsStale(oldest.Domain, oldest.Lookup)))
        {
            _order.Dequeue();
            if (_kept.TryGetValue(oldest.Domain, out var kept) && kept.Lookup == oldest.Lookup)
                _kept.Remove(oldest.Domain);
        }
    }

    // A newer check of the same domain makes the older one stale.
    private bool IsStale(DomainName domain, Lookup lookup) =>
        !_kept.TryGetValue(domain, out var kept) || kept.Lookup != lookup || clock.GetElapsedTime(kept.Since) > limits.Keep;
}
