namespace Postseal.Cli.Policyd.Server;

/// <summary>What carries the dialogue: accepts, reads, writes, ends.</summary>
internal abstract class ServerTransport : IAsyncDisposable
{
    /// <summary>Stops accepting, answers what is in flight, and closes; at the token the rest is cut. May be called again.</summary>
    public abstract Task StopAsync(CancellationToken ct);

    /// <summary>Cuts everything at once.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(new(canceled: true));
}
