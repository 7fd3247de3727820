namespace Postseal.Resolver.Sts;

/// <summary>When a policy was last asked for. The one thing about a policy that changes in place: it is written at every answer.</summary>
public sealed class LastUse
{
    private long _ticks;

    /// <summary>The last use; the beginning of time when there was none.</summary>
    public DateTimeOffset At => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    /// <summary>The last use that the store knows of.</summary>
    internal DateTimeOffset Saved { get; set; }

    /// <summary>Notes a use.</summary>
    public void Mark(DateTimeOffset now) => Volatile.Write(ref _ticks, now.UtcTicks);
}
