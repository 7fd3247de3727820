using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Postseal.Lab.Connections;

/// <summary>Listens on one port of many loopback addresses and runs a session per connection.</summary>
internal sealed class Sessions : IAsyncDisposable
{
    private const int Backlog = 512; // a flood must not fill it before the loop comes round
    private const int PortAttempts = 20; // a port free on one address may be taken on another

    /// <summary>Passes before the next attempt to accept, when the process has no socket left.</summary>
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether the machine has <c>::1</c>.</summary>
    public static readonly bool HasIPv6 = NetworkInterface
        .GetAllNetworkInterfaces()
        .Any(n => n.GetIPProperties().UnicastAddresses.Any(a => a.Address.Equals(IPAddress.IPv6Loopback)));

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, byte> _running = new();
    private readonly ConnectionLimits _limits;
    private readonly Crowd _crowd;
    private readonly TimeProvider _clock;
    private readonly List<TcpListener> _listeners = [];

    private Sessions(ConnectionLimits limits, TimeProvider clock) =>
        (_limits, _crowd, _clock) = (limits, new(limits.Most), clock);

    /// <summary>The port, the same on every address.</summary>
    public int Port { get; private set; }

    /// <summary>Every address asked for, also one that this machine does not have.</summary>
    public IReadOnlySet<IPAddress> Addresses { get; private set; } = FrozenSet<IPAddress>.Empty;

    /// <param name="port">0 takes any port that is free on all addresses.</param>
    /// <param name="session">Serves one connection.</param>
    public static Sessions Listen(
        IEnumerable<IPAddress> addresses,
        int port,
        ConnectionLimits limits,
        TimeProvider clock,
        Func<Peer, NetworkStream, CancellationToken, Task> session
    )
    {
        var wanted = addresses.ToArray();
        for (var attempt = 1; ; attempt++)
        {
            var sessions = new Sessions(limits, clock);
            try
            {
                sessions.Bind(wanted, port);
            }
            catch (SocketException) when (port == 0 && attempt < PortAttempts)
            {
                sessions._listeners.ForEach(l => l.Dispose());
                continue;
            }
            sessions._listeners.ForEach(l => sessions.Track(sessions.AcceptAsync(l, session, sessions._stop.Token)));
            return sessions;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listeners.ForEach(l => l.Dispose());
        while (!_running.IsEmpty)
            await Task.WhenAll(_running.Keys);

        _stop.Dispose();
    }

    private void Bind(IPAddress[] addresses, int port)
    {
        (Addresses, Port) = (addresses.ToFrozenSet(), port);
        foreach (var address in addresses)
        {
            if (address.Equals(IPAddress.IPv6Loopback) && !HasIPv6)
                continue;

            var listener = new TcpListener(address, Port);
            _listeners.Add(listener);
            Start(listener);
            Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }

    private static void Start(TcpListener listener)
    {
        try
        {
            listener.Start(Backlog);
        }
        catch (SocketException e)
        {
            throw new SocketException((int)e.SocketErrorCode, $"{listener.LocalEndpoint}: {e.Message}");
        }
    }

    private async Task AcceptAsync(
        TcpListener listener,
        Func<Peer, NetworkStream, CancellationToken, Task> session,
        CancellationToken ct
    )
    {
        var address = ((IPEndPoint)listener.LocalEndpoint).Address;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptSocketAsync(ct);
                Track(RunAsync(address, socket, session, ct));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.TooManyOpenSockets)
            {
                await Task.Delay(Breath, _clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (SocketException)
            {
                // The client was gone before it was accepted.
            }
        }
    }

    private async Task RunAsync(
        IPAddress address,
        Socket socket,
        Func<Peer, NetworkStream, CancellationToken, Task> session,
        CancellationToken ct
    )
    {
        using var patience = new Patience(_limits, _clock, ct);
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            socket.NoDelay = true;
            await RunAsync(new(address, ((IPEndPoint)socket.RemoteEndPoint!).Address, patience), stream, session, patience.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or OperationCanceledException)
        {
            // The client left, refused our handshake, or the lab stops: all of them part of the game.
        }
    }

    private async Task RunAsync(
        Peer peer,
        NetworkStream stream,
        Func<Peer, NetworkStream, CancellationToken, Task> session,
        CancellationToken ct
    )
    {
        if (!_crowd.Enter(peer.Client, peer.Patience))
            return;

        try
        {
            await session(peer, stream, ct);
        }
        finally
        {
            _crowd.Leave(peer.Patience);
        }
    }

    private void Track(Task task)
    {
        _running.TryAdd(task, 0);
        _ = task.ContinueWith(
            t => _running.TryRemove(t, out _),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
    }
}
