using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Postseal.Cli.Policyd.Server.Portable;

/// <summary>The transport where there is no epoll: Kestrel's socket connections, without its web server.</summary>
internal sealed class KestrelTransport : ServerTransport
{
    // What a client can make us keep before it is no longer read from or written to; a request at the limit fits.
    private const int MaxBuffer = 32 * 1024;

    private readonly Lock _lock = new();
    private readonly IReadOnlyList<ListeningSocket> _sockets;
    private readonly List<IConnectionListener> _listeners = [];
    private readonly ConnectionTable _table;
    private readonly ServerParts _parts;
    private readonly Incidents _incidents;
    private readonly Dialogue _dialogue;
    private readonly ITimer _sweep;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isStopping;

    private KestrelTransport(IReadOnlyList<ListeningSocket> sockets, ServerParts parts)
    {
        (_sockets, _parts) = (sockets, parts);
        _table = new(parts.Limits, parts.Clock, parts.Counters);
        _incidents = new(parts.Limits, parts.Counters, parts.Clock, parts.Log);
        _dialogue = new(parts.Service.Warm, parts.Limits, parts.Counters);
        _sweep = parts.Clock.CreateTimer(_ => Sweep(), null, parts.Limits.SweepInterval, parts.Limits.SweepInterval);
    }

    public static KestrelTransport Start(IReadOnlyList<ListeningSocket> sockets, ServerParts parts)
    {
        var transport = new KestrelTransport(sockets, parts);
        foreach (var socket in sockets)
            _ = transport.AcceptAsync(socket, CancellationToken.None);

        return transport;
    }

    public override async Task StopAsync(CancellationToken ct)
    {
        foreach (var connection in BeginStop())
            connection.Finish();

        await using var cut = ct.Register(() => Array.ForEach(Connections(), c => c.Cut()));
        await _ended.Task;
    }

    private KestrelConnection[] BeginStop()
    {
        IConnectionListener[] listeners;
        lock (_lock)
        {
            if (_isStopping)
                return [];

            _isStopping = true;
            listeners = [.. _listeners];
        }

        foreach (var listener in listeners)
            _ = CloseAsync(listener, CancellationToken.None);

        foreach (var socket in _sockets)
            socket.Dispose();

        var connections = Connections();
        ServerLog.Stopping(_parts.Log, connections.Length);
        EndIfDone();
        return connections;
    }

    private static async Task CloseAsync(IConnectionListener listener, CancellationToken ct)
    {
        await listener.UnbindAsync(ct);
        await listener.DisposeAsync();
    }

    private KestrelConnection[] Connections()
    {
        lock (_lock)
            return [.. _table.All.Cast<KestrelConnection>()];
    }

    private async Task AcceptAsync(ListeningSocket socket, CancellationToken ct)
    {
        var options = new SocketTransportOptions
        {
            MaxReadBufferSize = MaxBuffer,
            MaxWriteBufferSize = MaxBuffer,
            CreateBoundListenSocket = _ => socket.Socket,
        };
        var listener = await new SocketTransportFactory(Options.Create(options), NullLoggerFactory.Instance).BindAsync(
            socket.EndPoint,
            ct
        );
        lock (_lock)
            _listeners.Add(listener);

        while (await listener.AcceptAsync(ct) is { } accepted)
            Admit(accepted);
    }

    private void Admit(ConnectionContext accepted)
    {
        var connection = new KestrelConnection(accepted, _parts, _dialogue, _incidents, NoteTurn);
        Connection? idle = null;
        lock (_lock)
        {
            var isFull = _table.IsFull;
            if (isFull)
                idle = _table.LongestIdle();

            if (_isStopping || (isFull && idle is null))
            {
                _parts.Counters.Refused();
                accepted.Abort();
                return;
            }

            if (idle is not null)
                _table.Remove(idle);

            _table.Add(connection);
        }

        if (idle is not null)
        {
            _incidents.Full();
            _parts.Counters.Evicted();
            idle.Cut();
        }

        _ = ServeAsync(connection, CancellationToken.None);
    }

    private async Task ServeAsync(KestrelConnection connection, CancellationToken ct)
    {
        await connection.RunAsync(() => _isStopping, ct);
        lock (_lock)
            _table.Remove(connection);

        connection.Dispose();
        EndIfDone();
    }

    private void NoteTurn(Connection connection, Phase phase, bool gotOn)
    {
        lock (_lock)
        {
            if (phase is Phase.Waiting or Phase.Receiving)
                _table.NeedsInput(connection, phase == Phase.Receiving, gotOn, _parts.Clock.GetTimestamp());
            else
                _table.Move(connection, phase, _parts.Clock.GetTimestamp());
        }
    }

    private void Sweep()
    {
        IReadOnlyList<Connection> overdue;
        lock (_lock)
            overdue = _table.Overdue(_parts.Clock.GetTimestamp());

        foreach (var connection in overdue)
        {
            _parts.Counters.TimedOut();
            ServerLog.TimedOut(_parts.Log, connection.Phase);
            connection.Cut();
        }
    }

    private void EndIfDone()
    {
        lock (_lock)
        {
            if (!_isStopping || _table.Count > 0)
                return;
        }

        _sweep.Dispose();
        _ended.TrySetResult();
    }
}
