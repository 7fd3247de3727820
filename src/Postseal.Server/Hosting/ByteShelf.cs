using System.Diagnostics.CodeAnalysis;

namespace Postseal.Server.Hosting;

/// <summary>Things that can be made anew, kept by what they weigh: where there is no room, those go that nobody has asked for the longest. Safe for threads.</summary>
/// <param name="bytes">What all of them may weigh.</param>
/// <param name="most">How many there may be.</param>
internal sealed class ByteShelf<TKey, TValue>(long bytes, int most)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, LinkedListNode<Kept>> _kept = [];
    private readonly LinkedList<Kept> _byUse = [];
    private long _bytes;

    /// <summary>What all of them weigh now.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
                return _bytes;
        }
    }

    /// <summary>Finds one, and takes note that it is asked for.</summary>
    public bool TryFind(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        lock (_gate)
        {
            value = default;
            if (!_kept.TryGetValue(key, out var node))
                return false;

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            value = node.Value.Value;
            return true;
        }
    }

    /// <summary>Keeps one in place of any other of the same key; what weighs more than all may is not kept.</summary>
    public void Put(TKey key, TValue value, long weight)
    {
        lock (_gate)
        {
            Remove(key);
            if (weight > bytes)
                return;

            _kept[key] = _byUse.AddFirst(new Kept(key, value, weight));
            _bytes += weight;
            while (_byUse.Count > most || _bytes > bytes)
                Remove(_byUse.Last!.Value.Key);
        }
    }

    /// <summary>Drops one.</summary>
    public void Remove(TKey key)
    {
        lock (_gate)
        {
            if (!_kept.Remove(key, out var node))
                return;

            _byUse.Remove(node);
            _bytes -= node.Value.Weight;
        }
    }

    /// <summary>Drops those that nobody has asked for the longest, as long as they are such.</summary>
    public void DropLast(Func<TValue, bool> isSuch)
    {
        lock (_gate)
        {
            while (_byUse.Last is { Value: var last } && isSuch(last.Value))
                Remove(last.Key);
        }
    }

    private readonly record struct Kept(TKey Key, TValue Value, long Weight);
}
