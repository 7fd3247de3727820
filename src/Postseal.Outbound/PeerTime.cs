namespace Postseal.Outbound;

/// <summary>How long a peer may take, over everything that it is waited for. Time that we take ourselves, for our turn and for our work, is not the peer's.</summary>
internal sealed class PeerTime : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _over;
    private TimeSpan _left;
    private long? _since; // null while nobody waits for the peer
    private long _paused;
    private TimeSpan _own;

    /// <param name="limit">All of it; running from now on.</param>
    /// <param name="clock">Measures.</param>
    public PeerTime(TimeSpan limit, TimeProvider clock)
    {
        (_clock, _left, _since) = (clock, limit, clock.GetTimestamp());
        _over = new(limit, clock);
    }

    /// <summary>Ends with the peer's time.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>What was not the peer's so far.</summary>
    public TimeSpan Own => _since is null ? _own + _clock.GetElapsedTime(_paused) : _own;

    /// <summary>The peer has done its part for now.</summary>
    public void Pause()
    {
        if (_since is not { } since)
            return;

        _left -= _clock.GetElapsedTime(since);
        (_since, _paused) = (null, _clock.GetTimestamp());
        _over.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    /// <summary>The peer is waited for again.</summary>
    public void Resume()
    {
        if (_since is not null)
            return;

        _own += _clock.GetElapsedTime(_paused);
        _since = _clock.GetTimestamp();
        _over.CancelAfter(_left > TimeSpan.Zero ? _left : TimeSpan.Zero);
    }

    /// <inheritdoc/>
    public void Dispose() => _over.Dispose();
}
