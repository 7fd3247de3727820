using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Postseal.Resolver.Concurrency;

/// <summary>
/// A cache of bounded size: two generations, of which the older goes when the younger is full, and as much of it as is too heavy. What is asked for moves to the
/// younger one, so a flood of new keys pushes out only what nobody asks for. Nothing is allocated by a hit in the younger generation.
/// </summary>
/// <param name="capacity">Entries of one generation; there are at most twice as many in all.</param>
/// <param name="comparer">Compares the keys.</param>
public sealed class Generations<TKey, TValue>(int capacity, IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
{
    /// <summary>What all entries may weigh together: one more, and older ones go. Unbounded by itself, for values of one size.</summary>
    public long MaxBytes { get; init; } = long.MaxValue;

    /// <summary>Bytes that an entry takes; always the same for the same value. Needed where values differ in size and a peer chooses it.</summary>
    public Func<TKey, TValue, int> Weight { get; init; } = (_, _) => 0;

    // Some more than needed, one part in so many: finding some means to go past places that are empty by now.
    private const int LightenedAtOnce = 20;

    private volatile Pair _pair = new(new(comparer), new(comparer));

    // A generation and what it holds. ConcurrentDictionary.Count takes all its locks, so both are counted along.
    private sealed class Generation(IEqualityComparer<TKey>? comparer)
    {
        public readonly ConcurrentDictionary<TKey, TValue> Entries = new(comparer);
        public int Added;
        public long Bytes;
    }

    private sealed class Pair(Generation young, Generation old)
    {
        public readonly Generation Young = young;
        public readonly Generation Old = old;
    }

    /// <summary>Entries kept now, about.</summary>
    public int Count => _pair is var pair ? pair.Young.Entries.Count + pair.Old.Entries.Count : 0;

    /// <summary>What they weigh, about.</summary>
    public long Bytes => _pair is var pair ? Volatile.Read(ref pair.Young.Bytes) + Volatile.Read(ref pair.Old.Bytes) : 0;

    /// <summary>Finds an entry and keeps it young.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var pair = _pair;
        if (pair.Young.Entries.TryGetValue(key, out value))
            return true;

        if (!TryTake(pair.Old, key, out value))
            return false;

        Put(key, value);
        return true;
    }

    /// <summary>Finds a young entry by another form of the key, such as a span. An older one is not found: ask by the key itself.</summary>
    public bool TryGetYoung<TAlternate>(TAlternate key, [MaybeNullWhen(false)] out TValue value)
        where TAlternate : notnull, allows ref struct =>
        _pair.Young.Entries.GetAlternateLookup<TAlternate>().TryGetValue(key, out value);

    /// <summary>Keeps an entry in place of any other of the same key.</summary>
    public void Put(TKey key, TValue value)
    {
        var pair = _pair;
        var (young, bytes) = (pair.Young, Weight(key, value));
        TryTake(pair.Old, key, out _);
        if (young.Entries.TryAdd(key, value))
            Interlocked.Increment(ref young.Added);
        else if (young.Entries.TryGetValue(key, out var before) && young.Entries.TryUpdate(key, value, before))
            bytes -= Weight(key, before);
        else
            young.Entries[key] = value; // somebody else was quicker: what is counted too much makes it full sooner, never later

        var all = Interlocked.Add(ref young.Bytes, bytes) + Volatile.Read(ref pair.Old.Bytes);
        if (Volatile.Read(ref young.Added) >= capacity || (all > MaxBytes && Volatile.Read(ref young.Bytes) > MaxBytes / 2))
            Interlocked.CompareExchange(ref _pair, new(new(comparer), young), pair);
        else if (all > MaxBytes)
            Lighten(pair.Old, all - MaxBytes + (MaxBytes / LightenedAtOnce));
    }

    /// <summary>Forgets an entry.</summary>
    public void Remove(TKey key)
    {
        var pair = _pair;
        TryTake(pair.Young, key, out _);
        TryTake(pair.Old, key, out _);
    }

    /// <summary>All entries, as they are while being listed.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue>> All() => _pair is var pair ? pair.Young.Entries.Concat(pair.Old.Entries) : [];

    // Of the older generation any will do: what is asked for has moved on.
    private void Lighten(Generation old, long bytes)
    {
        foreach (var (key, _) in old.Entries)
        {
            if (bytes <= 0)
                return;

            if (TryTake(old, key, out var value))
                bytes -= Weight(key, value);
        }
    }

    private bool TryTake(Generation generation, TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (!generation.Entries.TryRemove(key, out value))
            return false;

        Interlocked.Add(ref generation.Bytes, -Weight(key, value));
        return true;
    }
}
