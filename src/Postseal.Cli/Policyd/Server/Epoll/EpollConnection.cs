using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Postseal.Cli.Policyd.Server.Epoll;

/// <summary>One client of the epoll thread. Owns no buffer but for what is left over: the beginning of a request, or answers that do not go out.</summary>
[SupportedOSPlatform("linux")]
internal sealed class EpollConnection(int descriptor, uint number, EpollWork work) : Connection
{
    // What a request of a usual length needs stays with the connection; more is given back.
    private const int SmallBuffer = 256;
    private const int Closed = -1;

    private int _descriptor = descriptor;
    private uint _interest = Libc.EpollIn;
    private bool _isLast; // the last word is among the answers: linger when they are sent
    private byte[]? _kept;
    private int _keptLength;
    private byte[]? _unsent;
    private int _sent;

    /// <summary>What epoll gives back with an event: the descriptor finds the connection, the number tells a successor on the same descriptor apart.</summary>
    public ulong Token => ((ulong)number << 32) | (uint)_descriptor;

    public bool IsOpen => _descriptor != Closed;

    public void OnEvent(uint events)
    {
        switch (Phase)
        {
            case Phase.Answering or Phase.Sending when (events & (Libc.EpollHup | Libc.EpollErr)) != 0:
                Hangup();
                break;
            case Phase.Answering or Phase.Sending:
                OnWritable();
                break;
            case Phase.Lingering:
                OnLeftOver();
                break;
            default:
                OnReadable();
                break;
        }
    }

    /// <summary>Goes on after a look-up. No reply means that it failed by a bug.</summary>
    public void OnAnswer(ReadOnlySpan<byte> reply)
    {
        if (!IsOpen || reply.IsEmpty)
        {
            Cut();
            return;
        }

        work.Table.Move(this, Phase.Waiting, work.Now); // no look-up holds its place any more
        if (_unsent is not null)
        {
            _unsent = [.. _unsent.AsSpan(_sent), .. reply];
            _sent = 0;
            Enter(Phase.Sending, Libc.EpollOut);
            return;
        }

        work.Replies.TryAdd(reply);
        Resume();
    }

    /// <summary>Answers what has come until now and closes then; a look-up under way is waited for.</summary>
    public void Finish()
    {
        if (Phase is not (Phase.Waiting or Phase.Receiving))
            return;

        OnReadable();
        if (Phase is Phase.Waiting or Phase.Receiving)
            Cut();
    }

    public override void Cut()
    {
        CloseDescriptor();
        work.Table.Remove(this);
    }

    private void OnReadable()
    {
        _kept.AsSpan(0, _keptLength).CopyTo(work.Input);
        var room = work.Input.AsSpan(_keptLength);
        var count = Libc.Receive(_descriptor, ref MemoryMarshal.GetReference(room), room.Length, 0);
        if (count > 0)
            Answer(_keptLength + (int)count);
        else if (count == 0)
            Cut();
        else
            OnError("recv");
    }

    private void OnLeftOver()
    {
        var count = Libc.Receive(_descriptor, ref work.Input[0], work.Input.Length, 0);
        if (count == 0 || (count < 0 && !IsTemporary(Marshal.GetLastPInvokeError())))
            Cut();
    }

    private void OnWritable()
    {
        if (!SendUnsent() || _unsent is not null)
            return;

        if (Phase == Phase.Answering)
            Interest(0);
        else if (_isLast)
            Linger();
        else
            Resume();
    }

    private void Resume()
    {
        _kept.AsSpan(0, _keptLength).CopyTo(work.Input);
        Answer(_keptLength);
    }

    /// <summary>Works through what has been received and is not answered yet, which fills the shared input buffer up to this length.</summary>
    private void Answer(int length)
    {
        var (done, answered, end) = (0, 0, TurnEnd.NeedsSending);
        while (end == TurnEnd.NeedsSending)
        {
            var turn = work.Dialogue.Advance(work.Input.AsSpan(done, length - done), work.Replies);
            done += turn.Consumed;
            answered += turn.Answered;
            end = turn.End;
            if (!SendReplies())
                return;

            if (end == TurnEnd.NeedsLookup)
                work.Lookups.Start(this, turn.Cold.ToArray(), work.CutToken);
            else if (_unsent is not null)
                break;
        }

        if (answered > 0)
            work.Answered(answered);

        Keep(work.Input.AsSpan(done, length - done));
        Wait(end, gotOn: done > 0);
    }

    private void Wait(TurnEnd end, bool gotOn)
    {
        if (end == TurnEnd.Refused)
            work.Incidents.Malformed();

        _isLast = end == TurnEnd.Refused || (end == TurnEnd.NeedsInput && work.IsStopping);
        if (end == TurnEnd.NeedsLookup)
        {
            Enter(Phase.Answering, _unsent is null ? 0 : Libc.EpollOut);
        }
        else if (_unsent is not null)
        {
            Enter(Phase.Sending, Libc.EpollOut);
        }
        else if (_isLast)
        {
            Linger();
        }
        else
        {
            work.Table.NeedsInput(this, _keptLength > 0, gotOn, work.Now);
            Interest(Libc.EpollIn);
        }
    }

    private void Linger()
    {
        _keptLength = 0;
        _ = Libc.Shutdown(_descriptor, Libc.ShutdownWrite);
        Enter(Phase.Lingering, Libc.EpollIn);
    }

    private bool SendReplies()
    {
        var replies = work.Replies.Span;
        if (replies.IsEmpty)
            return true;

        Debug.Assert(_unsent is null, "nothing is answered while answers wait");
        var sent = Libc.Send(_descriptor, ref MemoryMarshal.GetReference(replies), replies.Length, Libc.NoSignal);
        if (sent < replies.Length)
        {
            if (sent < 0 && !OnError("send"))
            {
                work.Replies.Clear();
                return false;
            }

            _unsent = replies[Math.Max(0, (int)sent)..].ToArray();
            _sent = 0;
        }

        work.Replies.Clear();
        return true;
    }

    private bool SendUnsent()
    {
        if (_unsent is null)
            return true;

        var rest = _unsent.AsSpan(_sent);
        var sent = Libc.Send(_descriptor, ref MemoryMarshal.GetReference(rest), rest.Length, Libc.NoSignal);
        if (sent < 0)
            return OnError("send");

        _sent += (int)sent;
        if (_sent == _unsent.Length)
            _unsent = null;
        else
            work.Table.Move(this, Phase, work.Now);

        return true;
    }

    private void Keep(ReadOnlySpan<byte> rest)
    {
        _keptLength = rest.Length;
        if (_kept?.Length > SmallBuffer && rest.Length <= SmallBuffer)
            _kept = null;

        if (rest.IsEmpty)
            return;

        if (_kept is null || _kept.Length < rest.Length)
            _kept = new byte[rest.Length <= SmallBuffer / 4 ? SmallBuffer / 4 : Math.Min(work.Input.Length, 2 * rest.Length)];

        rest.CopyTo(_kept);
    }

    private void Enter(Phase phase, uint interest)
    {
        work.Table.Move(this, phase, work.Now);
        Interest(interest);
    }

    private void Interest(uint events)
    {
        if (_interest == events || !IsOpen)
            return;

        _interest = events;
        work.Poll.Modify(_descriptor, events, Token);
    }

    /// <summary>False when the connection is over.</summary>
    private bool OnError(string call)
    {
        var error = Marshal.GetLastPInvokeError();
        if (IsTemporary(error))
            return true;

        work.Log.Broke(call, error);
        Hangup();
        return false;
    }

    private static bool IsTemporary(int error) => error is Libc.EAgain or Libc.EIntr;

    /// <summary>The client is gone in the middle of an answer. Its place is taken until the look-up ends, so that who connects, asks and goes
    /// cannot start more look-ups than there may be connections.</summary>
    private void Hangup()
    {
        if (Phase == Phase.Answering)
            CloseDescriptor();
        else
            Cut();
    }

    private void CloseDescriptor()
    {
        if (!IsOpen)
            return;

        work.Forget(_descriptor);
        _ = Libc.Close(_descriptor);
        _descriptor = Closed;
    }
}
