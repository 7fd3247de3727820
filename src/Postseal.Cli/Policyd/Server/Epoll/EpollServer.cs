using System.Runtime.Versioning;

namespace Postseal.Cli.Policyd.Server.Epoll;

/// <summary>
/// The transport on Linux: one thread that serves every connection with epoll, recv and send, since this is twice as fast as sockets with
/// completions and costs an idle connection a few hundred bytes. Answers from memory are given on this thread; look-ups run on the thread pool.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class EpollServer : ServerTransport
{
    private const ulong WakeToken = uint.MaxValue; // tokens below 2^32 are no connection: the listeners by index, and this

    private readonly ServerParts _parts;
    private readonly WakeUp _wakeUp = new();
    private readonly CancellationTokenSource _cut = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EpollWork _work;
    private readonly Acceptor[] _acceptors;
    private readonly ITimer _sweep;
    private volatile bool _isStopAsked;
    private volatile bool _isCutAsked;
    private volatile bool _isSweepDue;

    private EpollServer(IReadOnlyList<ListeningSocket> listeners, ServerParts parts)
    {
        _parts = parts;
        _work = new(parts, _wakeUp, _cut.Token);
        _acceptors = [.. listeners.Select((l, i) => new Acceptor(l, (ulong)i, parts, _work))];
        _work.Poll.Add(_wakeUp.Descriptor, Libc.EpollIn, WakeToken);
        foreach (var acceptor in _acceptors)
            acceptor.Resume();

        _sweep = parts.Clock.CreateTimer(_ => AskSweep(), null, parts.Limits.SweepInterval, parts.Limits.SweepInterval);
    }

    public static EpollServer Start(IReadOnlyList<ListeningSocket> listeners, ServerParts parts)
    {
        var server = new EpollServer(listeners, parts);
        new Thread(server.Run) { Name = "socketmap", IsBackground = true }.Start();
        return server;
    }

    public override async Task StopAsync(CancellationToken ct)
    {
        _isStopAsked = true;
        _wakeUp.Signal();
        await using var cut = ct.Register(AskCut);
        await _ended.Task;
    }

    private void AskSweep()
    {
        _isSweepDue = true;
        _wakeUp.Signal();
    }

    private void AskCut()
    {
        _isCutAsked = true;
        _wakeUp.Signal();
    }

    // What is thrown here, outside every connection, is a broken machine or a bug that would leave nobody to answer: the process ends
    // and its service manager starts it again.
    private void Run()
    {
        while (!_work.IsStopping || _work.Table.Count > 0)
            Round();

        _sweep.Dispose();
        _cut.Cancel();
        _wakeUp.Dispose();
        _work.Dispose();
        _ended.SetResult();
    }

    private void Round()
    {
        var count = _work.Poll.Wait();
        _work.BeginRound();
        for (var i = 0; i < count; i++)
        {
            var (events, token) = _work.Poll[i];
            if (token > uint.MaxValue)
                Serve(token, events);
            else if (token == WakeToken)
                OnWake();
            else if (!_work.IsStopping)
                _acceptors[token].Accept();
        }
    }

    private void Serve(ulong token, uint events)
    {
        if (_work.Find(token) is not { } connection)
            return;

        try
        {
            connection.OnEvent(events);
        }
        catch (Exception e)
        {
            OnBug(connection, e);
        }
    }

    /// <summary>The session's boundary: a bug in one answer ends its connection and nothing else.</summary>
    private void OnBug(EpollConnection connection, Exception e)
    {
        _parts.Counters.Bug();
        _parts.Log.Bug(e);
        _work.Replies.Clear();
        connection.Cut();
    }

    private void OnWake()
    {
        _wakeUp.Reset();
        while (_work.Lookups.TryTake(out var connection, out var reply))
            GoOn(connection!, reply);

        if (_isSweepDue)
            Sweep();

        if (_isStopAsked && !_work.IsStopping)
            Stop();

        if (!_isCutAsked)
            return;

        foreach (var connection in _work.Table.All)
            connection.Cut();
    }

    private void GoOn(EpollConnection connection, ReadOnlyMemory<byte> reply)
    {
        try
        {
            connection.OnAnswer(reply.Span);
        }
        catch (Exception e)
        {
            OnBug(connection, e);
        }
    }

    private void Sweep()
    {
        _isSweepDue = false;
        foreach (var connection in _work.Table.Overdue(_work.Now))
        {
            _parts.Counters.TimedOut();
            _parts.Log.TimedOut(connection.Phase);
            connection.Cut();
        }

        if (_work.IsStopping)
            return;

        foreach (var acceptor in _acceptors)
            acceptor.Resume();
    }

    private void Stop()
    {
        _work.BeginStop();
        foreach (var acceptor in _acceptors)
            acceptor.Close();

        _parts.Log.Stopping(_work.Table.Count);
        foreach (var connection in _work.Table.All.Cast<EpollConnection>())
            Finish(connection);
    }

    private void Finish(EpollConnection connection)
    {
        try
        {
            connection.Finish();
        }
        catch (Exception e)
        {
            OnBug(connection, e);
        }
    }
}
