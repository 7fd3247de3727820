namespace Postseal.Lab;

/// <summary>A distance to every peer: time that passes before each of its answers.</summary>
internal sealed record Latency(TimeSpan Time, TimeProvider Clock)
{
    public Task PassAsync(CancellationToken ct) => Time == TimeSpan.Zero ? Task.CompletedTask : Task.Delay(Time, Clock, ct);
}
