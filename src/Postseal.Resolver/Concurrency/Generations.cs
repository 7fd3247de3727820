using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Postseal.Resolver.Concurrency;

/// <summary>
/// A cache of bounded size: two generations, of which the older goes when the younger is full. What is asked for moves to the younger one, so a
/// flood of new keys pushes out only what nobody asks for. Nothing is allocated by a hit in the younger generation.
/// </summary>
/// <param name="capacity">Entries of one generation; there are at most twice as many in all.</param>
/// <param name="comparer">Compares the keys.</param>
public sealed class Generations<TKey, TValue>(int capacity, IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
{
    private volatile Pair _pair = new(new(comparer), new(comparer));

    private sealed class Pair(ConcurrentDictionary<TKey, TValue> young, ConcurrentDictionary<TKey, TValue> old)
    {
        public readonly ConcurrentDictionary<TKey, TValue> Young = young;
        public readonly ConcurrentDictionary<TKey, TValue> Old = old;
        public int Added; // ConcurrentDictionary.Count takes all its locks
    }

    /// <summary>Entries kept now, about.</summary>
    public int Count => _pair is var pair ? pair.Young.Count + pair.Old.Count : 0;

    /// <summary>Finds an entry and keeps it young.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var pair = _pair;
        if (pair.Young.TryGetValue(key, out value))
            return true;

        if (!pair.Old.TryRemove(key, out value))
            return false;

        Put(key, value);
        return true;
    }

    /// <summary>Finds a young entry by another form of the key, such as a span. An older one is not found: ask by the key itself.</summary>
    public bool TryGetYoung<TAlternate>(TAlternate key, [MaybeNullWhen(false)] out TValue value)
        where TAlternate : notnull, allows ref struct => _pair.Young.GetAlternateLookup<TAlternate>().TryGetValue(key, out value);

    /// <summary>Keeps an entry in place of any other of the same key.</summary>
    public void Put(TKey key, TValue value)
    {
        var pair = _pair;
        if (pair.Young.TryAdd(key, value))
        {
            if (Interlocked.Increment(ref pair.Added) >= capacity)
                Interlocked.CompareExchange(ref _pair, new(new(comparer), pair.Young), pair);
        }
        else
            pair.Young[key] = value;

        pair.Old.TryRemove(key, out _);
    }

    /// <summary>Forgets an entry.</summary>
    public void Remove(TKey key)
    {
        var pair = _pair;
        pair.Young.TryRemove(key, out _);
        pair.Old.TryRemove(key, out _);
    }

    /// <summary>All entries, as they are while being listed.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue>> All() => _pair is var pair ? pair.Young.Concat(pair.Old) : [];
}
