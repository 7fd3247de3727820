namespace Postseal.Server.Hosting;

/// <summary>How often something may happen: <paramref name="perMinute"/> times at once, and then as fast as the bucket fills again. Its whole
/// state is one number, the time at which the bucket is full again, so that a million clients cost little.</summary>
/// <param name="perMinute">At least 1.</param>
/// <param name="clock">The clock.</param>
internal sealed class TokenBucket(int perMinute, TimeProvider clock)
{
    private readonly long _step = TimeSpan.TicksPerMinute / perMinute;

    /// <summary>Now, on the scale of the state.</summary>
    public long Now => clock.GetElapsedTime(0).Ticks;

    /// <summary>Takes one token.</summary>
    /// <param name="fullAt">The state; 0 for a full bucket. Changed only when a token was there.</param>
    /// <param name="now">From <see cref="Now"/>.</param>
    /// <param name="retryAfter">When there is none: how long until there is one.</param>
    public bool TryTake(ref long fullAt, long now, out TimeSpan retryAfter)
    {
        var next = Math.Max(fullAt, now) + _step;
        var missing = next - now - (_step * perMinute);
        retryAfter = TimeSpan.FromTicks(Math.Max(missing, 0));
        if (missing > 0)
            return false;

        fullAt = next;
        return true;
    }
}
