using Postseal.Protocol;

namespace Postseal.Server.Lookups;

/// <summary>The results of the last minutes; where there are too many, those go that nobody has asked for the longest, so that a flood of names
/// does not push out what people read. Not safe for threads: the desk has the lock.</summary>
internal sealed class ResultShelf(LookupLimits limits, TimeProvider clock)
{
    private readonly Dictionary<DomainName, LinkedListNode<Kept>> _kept = [];
    private readonly LinkedList<Kept> _byUse = [];
    private long _bytes;

    /// <summary>The result of a domain if it is not older than this.</summary>
    public Lookup? Find(DomainName domain, TimeSpan age)
    {
        Drop();
        if (!_kept.TryGetValue(domain, out var node) || clock.GetElapsedTime(node.Value.Since) > age)
            return null;

        _byUse.Remove(node);
        _byUse.AddFirst(node);
        return node.Value.Lookup;
    }

    /// <summary>Keeps a finished check, in place of an older one of its domain.</summary>
    public void Add(Lookup lookup)
    {
        if (_kept.TryGetValue(lookup.Domain, out var older))
            Remove(older);

        var size = lookup.Done?.Json.Length ?? 0;
        if (size > limits.LargestKept)
            return;

        _kept[lookup.Domain] = _byUse.AddFirst(new Kept(lookup, size, clock.GetTimestamp()));
        _bytes += size;
        Drop();
    }

    // What is too old but was asked for lately is dropped when it has become the last.
    private void Drop()
    {
        while (_byUse.Last is { } last && (IsFull || clock.GetElapsedTime(last.Value.Since) > limits.Keep))
            Remove(last);
    }

    private bool IsFull => _byUse.Count > limits.Kept || _bytes > limits.KeptBytes;

    private void Remove(LinkedListNode<Kept> node)
    {
        _byUse.Remove(node);
        _kept.Remove(node.Value.Lookup.Domain);
        _bytes -= node.Value.Size;
    }

    private readonly record struct Kept(Lookup Lookup, int Size, long Since);
}
