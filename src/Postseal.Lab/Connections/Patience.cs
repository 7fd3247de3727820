namespace Postseal.Lab.Connections;

/// <summary>How long a connection may go on: in all, and while the client keeps us waiting. Someone else may need its place before that.</summary>
internal sealed class Patience : CrowdMember, IDisposable
{
    private readonly TimeSpan _longestWait;
    private readonly CancellationTokenSource _total;
    private readonly CancellationTokenSource _wait;
    private readonly CancellationTokenSource _any;

    // Cancelled from another thread, perhaps at the very end; with no timer of its own it has nothing to dispose of.
    private readonly CancellationTokenSource _evicted = new();

    public Patience(ConnectionLimits limits, TimeProvider clock, CancellationToken ct)
    {
        _longestWait = limits.IdleTime;
        _total = new(limits.SessionTime, clock);
        _wait = new(Timeout.InfiniteTimeSpan, clock);
        _any = CancellationTokenSource.CreateLinkedTokenSource(ct, _total.Token, _wait.Token, _evicted.Token);
    }

    /// <summary>Ends with the connection's time.</summary>
    public CancellationToken Token => _any.Token;

    /// <summary>From now on the client keeps us waiting, with a whole wait before it.</summary>
    public void Renew() => _wait.CancelAfter(_longestWait);

    /// <summary>Now it is we who keep the client waiting.</summary>
    public void Pause() => _wait.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>Whether it was we who ended it, for want of room.</summary>
    public bool IsEvicted => _evicted.IsCancellationRequested;

    /// <summary>Ends the connection, soon.</summary>
    public override void Evict() => _ = _evicted.CancelAsync();

    public void Dispose()
    {
        _any.Dispose();
        _wait.Dispose();
        _total.Dispose();
    }
}
