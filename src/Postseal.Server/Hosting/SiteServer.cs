using Postseal.Server.Configuration;

namespace Postseal.Server.Hosting;

/// <summary>The running server: owns store, engine, desk and both listeners.</summary>
internal sealed class SiteServer : IAsyncDisposable
{
    // A check may take 90 s, and nobody waits that long for a restart: who is reading one is cut off and asks again. Our unit has systemd wait 30 s.
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    // What is left of it is for writing the last lines.
    private static readonly TimeSpan ChecksPatience = TimeSpan.FromSeconds(7);

    private readonly SiteParts _parts;
    private readonly WebApplication _public;
    private readonly WebApplication _private;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private ILoggerFactory? _ownLogs;
    private volatile bool _isReady;

    private SiteServer(
        ServerConfiguration configuration,
        SiteParts parts,
        Action<IEndpointRouteBuilder> map,
        ILoggerFactory logs,
        TimeProvider clock
    )
    {
        (_parts, _clock, _log) = (parts, clock, logs.CreateLogger("server"));
        _public = PublicSite.Create(configuration, parts, map, logs, clock);
        _private = PrivateSite.Create(configuration, () => _isReady, logs);
    }

    /// <summary>The first address of the site; its port is the one that was bound.</summary>
    public Uri PublicAddress => Surface.Addresses(_public)[0];

    /// <summary>The address for operators.</summary>
    public Uri PrivateAddress => Surface.Addresses(_private)[0];

    /// <summary>Starts everything.</summary>
    /// <exception cref="SiteStartException">It cannot start; the message says why.</exception>
    public static async Task<SiteServer> StartAsync(ServerConfiguration configuration, TimeProvider clock, CancellationToken ct)
    {
        var logs = SiteLogs.Create(configuration.Log);
        try
        {
            var server = await StartAsync(configuration, PublicSurface.Map, logs, clock, ct);
            server._ownLogs = logs;
            return server;
        }
        catch
        {
            logs.Dispose();
            throw;
        }
    }

    /// <summary>The same with other endpoints and with the log of the caller.</summary>
    public static async Task<SiteServer> StartAsync(
        ServerConfiguration configuration,
        Action<IEndpointRouteBuilder> map,
        ILoggerFactory logs,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var parts = await SiteParts.OpenAsync(configuration, logs, clock, ct);
        var server = new SiteServer(configuration, parts, map, logs, clock);
        try
        {
            await Surface.StartAsync(server._private, ct);
            await Surface.StartAsync(server._public, ct);
            server.SayStarted();
            return server;
        }
        catch
        {
            await server.EndAsync(CancellationToken.None);
            throw;
        }
    }

    /// <summary>Stops: no new requests, a bounded time for those that run, then everything ends.</summary>
    public async ValueTask DisposeAsync()
    {
        SiteLog.Stopping(_log, StopPatience.TotalSeconds);
        _isReady = false;
        using var patience = new CancellationTokenSource(StopPatience, _clock);
        await EndAsync(patience.Token);
        SiteLog.Stopped(_log);
        _ownLogs?.Dispose();
    }

    private void SayStarted()
    {
        _isReady = true;
        var (web, operators) = (string.Join(", ", Surface.Addresses(_public)), string.Join(", ", Surface.Addresses(_private)));
        SiteLog.Started(_log, web, operators);
    }

    private async Task EndAsync(CancellationToken ct)
    {
        // Who waits for a check is told so before the connection is cut.
        var stopping = _public.StopAsync(ct);
        await Task.WhenAny(stopping, Task.Delay(ChecksPatience, _clock, ct));
        await _parts.Desk.DisposeAsync();
        await stopping;
        await _public.DisposeAsync();
        await _parts.DisposeAsync();
        await _private.DisposeAsync(); // last, so that a supervisor sees the stop
    }
}
