namespace Postseal.SystemTests.Sending;

/// <summary>One daemon with an empty store for all tests of a class whose domains do not meet.</summary>
public sealed class SharedDaemon(SendingInternet internet) : IAsyncLifetime
{
    private PolicyDaemon? _daemon;

    /// <summary>The daemon.</summary>
    public PolicyDaemon Daemon => _daemon ?? throw new InvalidOperationException("The daemon was not started.");

    public async ValueTask InitializeAsync()
    {
        if (internet.CanRun)
            _daemon = await PolicyDaemon.StartAsync(internet, internet.NewFolder(), [], TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _daemon?.DisposeAsync() ?? ValueTask.CompletedTask;
}
