using System.Net;
using Microsoft.Extensions.Logging;
using Postseal.Cli.Policyd.Server.Epoll;
using Postseal.Cli.Policyd.Server.Portable;

namespace Postseal.Cli.Policyd.Server;

/// <summary>Which way bytes come and go.</summary>
internal enum TransportKind
{
    /// <summary>One thread with epoll; Linux only.</summary>
    Epoll,

    /// <summary>Kestrel's socket connections; everywhere.</summary>
    Kestrel,
}

/// <summary>The socketmap server: accepts Postfix's and Sendmail's connections and has their requests answered, in order.</summary>
internal sealed class SocketmapServer : IAsyncDisposable
{
    private readonly ServerTransport _transport;

    private SocketmapServer(IReadOnlyList<ListeningSocket> listeners, ServerParts parts, TransportKind kind)
    {
        EndPoints = [.. listeners.Select(l => l.EndPoint)];
        Counters = parts.Counters;
        _transport =
            kind == TransportKind.Epoll && OperatingSystem.IsLinux()
                ? EpollServer.Start(listeners, parts)
                : KestrelTransport.Start(listeners, parts);
    }

    /// <summary>Where the server really listens, port 0 resolved, in the order of the addresses.</summary>
    public IReadOnlyList<EndPoint> EndPoints { get; }

    public SocketmapCounters Counters { get; }

    /// <summary>Listens on all of the addresses and serves.</summary>
    /// <exception cref="ListenException">One of them cannot be had; none is listened on.</exception>
    public static SocketmapServer Start(
        IReadOnlyList<ListenAddress> addresses,
        SocketmapLimits limits,
        SocketmapService service,
        TimeProvider clock,
        ILogger log
    ) => Start(addresses, limits, service, clock, log, TransportKind.Epoll);

    /// <inheritdoc cref="Start(IReadOnlyList{ListenAddress}, SocketmapLimits, SocketmapService, TimeProvider, ILogger)"/>
    public static SocketmapServer Start(
        IReadOnlyList<ListenAddress> addresses,
        SocketmapLimits limits,
        SocketmapService service,
        TimeProvider clock,
        ILogger log,
        TransportKind kind
    )
    {
        var listeners = ListeningSocket.OpenAll(addresses);
        foreach (var listener in listeners)
            log.Listening($"{listener.EndPoint}");

        return new(listeners, new(service, limits, new(), clock, log), kind);
    }

    /// <summary>Stops accepting, answers what is in flight, then closes; at the token the rest is cut.</summary>
    public Task StopAsync(CancellationToken ct) => _transport.StopAsync(ct);

    /// <summary>Cuts everything at once.</summary>
    public ValueTask DisposeAsync() => _transport.DisposeAsync();
}
