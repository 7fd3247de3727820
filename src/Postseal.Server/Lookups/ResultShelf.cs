using Postseal.Protocol;
using Postseal.Server.Hosting;

namespace Postseal.Server.Lookups;

/// <summary>The results of the last minutes with their pages, by what they weigh; where there are too many, those go that nobody has asked for the longest, so that a flood of names
/// does not push out what people read. Not safe for threads: the desk has the lock.</summary>
internal sealed class ResultShelf(LookupLimits limits, TimeProvider clock)
{
    private readonly ByteShelf<DomainName, Kept> _kept = new(limits.KeptBytes, limits.Kept);

    /// <summary>What all of them weigh.</summary>
    public long Bytes => _kept.Bytes;

    /// <summary>The result of a domain if it is not older than this.</summary>
    public Lookup? Find(DomainName domain, TimeSpan age)
    {
        Drop();
        return _kept.TryFind(domain, out var kept) && clock.GetElapsedTime(kept.Since) <= age ? kept.Lookup : null;
    }

    /// <summary>Keeps a finished check, in place of an older one of its domain.</summary>
    public void Add(Lookup lookup)
    {
        _kept.Remove(lookup.Domain);
        if (lookup.Done is { } done && done.Json.Length <= limits.LargestKept)
            _kept.Put(lookup.Domain, new(lookup, clock.GetTimestamp()), lookup.Weight);

        Drop();
    }

    /// <summary>A page of a result has been made: keeps it with the result, if that is kept and there is room for both. True when it is.</summary>
    public bool KeepPage(Lookup lookup, KeptPage page)
    {
        if (!_kept.TryFind(lookup.Domain, out var kept) || kept.Lookup != lookup || page.Bytes.Length > limits.LargestPage)
            return false;

        _kept.Put(lookup.Domain, kept, lookup.Weight + page.Bytes.Length);
        return true;
    }

    // What is too old but was asked for lately is dropped when it has become the last.
    private void Drop() => _kept.DropLast(k => clock.GetElapsedTime(k.Since) > limits.Keep);

    private readonly record struct Kept(Lookup Lookup, long Since);
}
