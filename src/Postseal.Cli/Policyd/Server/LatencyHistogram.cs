using System.Numerics;

namespace Postseal.Cli.Policyd.Server;

/// <summary>How long answers took, in buckets whose bounds double. May be added to and read from any thread; adding allocates nothing.</summary>
/// <param name="first">The first bucket's upper bound.</param>
internal sealed class LatencyHistogram(TimeSpan first)
{
    /// <summary>The buckets with a bound: bucket i counts what took at most 2^i times the first bound. One more counts what took longer.</summary>
    public const int BoundedBuckets = 16;

    private readonly long[] _buckets = new long[BoundedBuckets + 1];
    private long _ticks;

    /// <summary>The sum of all times.</summary>
    public TimeSpan Sum => TimeSpan.FromTicks(Volatile.Read(ref _ticks));

    /// <summary>The upper bound of a bucket; infinite for the last one.</summary>
    public TimeSpan UpperBound(int bucket) =>
        bucket < BoundedBuckets ? TimeSpan.FromTicks(first.Ticks << bucket) : TimeSpan.MaxValue;

    /// <summary>How many answers fell into each bucket, not cumulated.</summary>
    public long[] Counts() => [.. Enumerable.Range(0, _buckets.Length).Select(i => Volatile.Read(ref _buckets[i]))];

    internal void Add(int count, TimeSpan each)
    {
        var bounds = (each.Ticks + first.Ticks - 1) / first.Ticks; // how many first bounds hold it
        var bucket = bounds <= 1 ? 0 : Math.Min(BoundedBuckets, BitOperations.Log2((ulong)bounds - 1) + 1);
        Interlocked.Add(ref _buckets[bucket], count);
        Interlocked.Add(ref _ticks, count * each.Ticks);
    }
}
