namespace Postseal.Server.Hosting;

/// <summary>How often something may happen: <paramref name="perMinute"/> times at once, and then as fast as the bucket fills again. Its whole
/// state is one number, the time at which the bucket is full again, so that a million clients cost little.</summary>
/// <param name="perMinute">At least 1.</param>
/// <param name="clock">The clock.</param>
internal sealed class TokenBucket(int perMinute, TimeProvider clock)
{
    // Who has used up more than there was waits for it, but no longer than this: one page must not shut a client out for an hour.
    private const long MostDebt = TimeSpan.TicksPerMinute;

    private readonly double _step = (double)TimeSpan.TicksPerMinute / perMinute;

    /// <summary>Now, on the scale of the state.</summary>
    public long Now => clock.GetElapsedTime(0).Ticks;

    /// <summary>Takes one token.</summary>
    /// <param name="fullAt">The state; 0 for a full bucket. Changed only when a token was there.</param>
    /// <param name="now">From <see cref="Now"/>.</param>
    /// <param name="retryAfter">When there is none: how long until there is one.</param>
    public bool TryTake(ref long fullAt, long now, out TimeSpan retryAfter)
    {
        if (!Has(fullAt, now, out retryAfter))
            return false;

        fullAt = Math.Max(fullAt, now) + (long)_step;
        return true;
    }

    /// <summary>Whether there is a token.</summary>
    /// <param name="fullAt">The state.</param>
    /// <param name="now">From <see cref="Now"/>.</param>
    /// <param name="retryAfter">When there is none: how long until there is one.</param>
    public bool Has(long fullAt, long now, out TimeSpan retryAfter)
    {
        var missing = Math.Max(fullAt, now) + (long)_step - now - (long)(_step * perMinute);
        retryAfter = TimeSpan.FromTicks(Math.Max(missing, 0));
        return missing <= 0;
    }

    /// <summary>Takes what has been used up already, be it there or not.</summary>
    /// <param name="fullAt">The state.</param>
    /// <param name="now">From <see cref="Now"/>.</param>
    /// <param name="tokens">How many.</param>
    public void Charge(ref long fullAt, long now, long tokens) =>
        fullAt = Math.Min(Math.Max(fullAt, now) + (long)(_step * tokens), now + TimeSpan.TicksPerMinute + MostDebt);
}
