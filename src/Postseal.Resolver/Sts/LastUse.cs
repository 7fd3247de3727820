namespace Postseal.Resolver.Sts;

/// <summary>When a policy was last asked for, and how often it has changed. What changes in place, because answers that are kept hold on to it.</summary>
public sealed class LastUse
{
    private long _ticks;
    private int _version;

    /// <summary>Rises when another policy is in force, or none any more: an answer made before does not hold any longer.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>The last use; the beginning of time when there was none.</summary>
    public DateTimeOffset At => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    /// <summary>The last use that the store knows of.</summary>
    internal DateTimeOffset Saved { get; set; }

    /// <summary>Makes answers given so far outdated.</summary>
    internal void Outdate() => Interlocked.Increment(ref _version);

    /// <summary>Notes a use.</summary>
    public void Mark(DateTimeOffset now) => Volatile.Write(ref _ticks, now.UtcTicks);
}
