using System.Numerics;

namespace Postseal.Cli.Policyd.Server;

/// <summary>What the server has done since it started. Every number may be read from any thread at any time.</summary>
internal sealed class SocketmapCounters
{
    /// <summary>The histogram's buckets with a bound: bucket i counts answers of at most 2^i microseconds, from 1 µs to 32.768 ms. One more
    /// counts what took longer.</summary>
    public const int BoundedBuckets = 16;

    private readonly long[] _buckets = new long[BoundedBuckets + 1];
    private long _open;
    private long _accepted;
    private long _refused;
    private long _evicted;
    private long _timedOut;
    private long _malformed;
    private long _warm;
    private long _cold;
    private long _bugs;
    private long _warmMicroseconds;

    /// <summary>Connections open now.</summary>
    public long ConnectionsOpen => Volatile.Read(ref _open);

    /// <summary>Connections ever accepted.</summary>
    public long ConnectionsTotal => Volatile.Read(ref _accepted);

    /// <summary>Connections closed at once, as the limit was reached and none of the others was idle.</summary>
    public long ConnectionsRefused => Volatile.Read(ref _refused);

    /// <summary>Idle connections closed in favour of new ones.</summary>
    public long ConnectionsEvicted => Volatile.Read(ref _evicted);

    /// <summary>Connections closed by a time limit.</summary>
    public long ConnectionsTimedOut => Volatile.Read(ref _timedOut);

    /// <summary>Requests that were no netstring within the limit.</summary>
    public long Malformed => Volatile.Read(ref _malformed);

    /// <summary>Requests answered from memory.</summary>
    public long WarmRequests => Volatile.Read(ref _warm);

    /// <summary>Requests that needed a look-up.</summary>
    public long ColdRequests => Volatile.Read(ref _cold);

    /// <summary>Well-formed requests of either kind.</summary>
    public long Requests => WarmRequests + ColdRequests;

    /// <summary>Connections closed because of a bug of ours.</summary>
    public long Bugs => Volatile.Read(ref _bugs);

    /// <summary>The upper bound of a bucket of the histogram; infinite for the last one.</summary>
    public static TimeSpan UpperBound(int bucket) =>
        bucket < BoundedBuckets ? TimeSpan.FromMicroseconds(1L << bucket) : TimeSpan.MaxValue;

    /// <summary>How many warm answers fell into each bucket, not cumulated: from the moment the server learns of readable connections to the
    /// moment the answers are handed to the kernel. The answers to one segment count the same time; a segment that had to wait for another
    /// connection's turn counts that wait too.</summary>
    public long[] WarmLatency() => [.. Enumerable.Range(0, _buckets.Length).Select(i => Volatile.Read(ref _buckets[i]))];

    /// <summary>The sum of those times.</summary>
    public TimeSpan WarmLatencySum => TimeSpan.FromMicroseconds(Volatile.Read(ref _warmMicroseconds));

    internal void Opened()
    {
        Interlocked.Increment(ref _open);
        Interlocked.Increment(ref _accepted);
    }

    internal void Closed() => Interlocked.Decrement(ref _open);

    internal void Refused() => Interlocked.Increment(ref _refused);

    internal void Evicted() => Interlocked.Increment(ref _evicted);

    internal void TimedOut() => Interlocked.Increment(ref _timedOut);

    internal void WasMalformed() => Interlocked.Increment(ref _malformed);

    internal void Bug() => Interlocked.Increment(ref _bugs);

    internal void AnswersCold() => Interlocked.Increment(ref _cold);

    /// <summary>Counts the warm answers to one segment, which all took this long.</summary>
    internal void Answered(int warm, TimeSpan elapsed)
    {
        var microseconds = elapsed.Ticks / TimeSpan.TicksPerMicrosecond;
        var bucket = microseconds <= 1 ? 0 : Math.Min(BoundedBuckets, BitOperations.Log2((ulong)microseconds - 1) + 1);
        Interlocked.Add(ref _warm, warm);
        Interlocked.Add(ref _buckets[bucket], warm);
        Interlocked.Add(ref _warmMicroseconds, warm * microseconds);
    }
}
