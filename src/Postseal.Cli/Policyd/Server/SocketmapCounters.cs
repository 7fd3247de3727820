namespace Postseal.Cli.Policyd.Server;

/// <summary>What the server has done since it started. Every number may be read from any thread at any time.</summary>
internal sealed class SocketmapCounters
{
    private long _open;
    private long _accepted;
    private long _refused;
    private long _evicted;
    private long _timedOut;
    private long _malformed;
    private long _warm;
    private long _cold;
    private long _bugs;

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

    /// <summary>How long warm answers took, from 1 µs to 32.768 ms: from the moment the server learns of readable connections to the
    /// moment the answers are handed to the kernel. The answers to one segment count the same time; a segment that had to wait for another
    /// connection's turn counts that wait too.</summary>
    public LatencyHistogram WarmLatency { get; } = new(TimeSpan.FromMicroseconds(1));

    /// <summary>How long cold answers took, from 1 ms to 32.768 s: from the moment the request was read to the moment its answer was known.</summary>
    public LatencyHistogram ColdLatency { get; } = new(TimeSpan.FromMilliseconds(1));

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
        Interlocked.Add(ref _warm, warm);
        WarmLatency.Add(warm, elapsed);
    }

    /// <summary>Counts how long the answer to a request took that needed a look-up.</summary>
    internal void AnsweredCold(TimeSpan elapsed) => ColdLatency.Add(1, elapsed);
}
