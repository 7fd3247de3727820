using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Postseal.Cli.Policyd.Server.Portable;

/// <summary>One client on a Kestrel connection.</summary>
internal sealed class KestrelConnection(
    ConnectionContext context,
    ServerParts parts,
    Dialogue dialogue,
    Incidents incidents,
    Action<Connection, Phase, bool> note
) : Connection, IDisposable
{
    private const int ReplyCapacity = 4096; // each connection has its own here: some ten usual answers

    private readonly CancellationTokenSource _cut = new();
    private readonly ReplyBuffer _replies = new(ReplyCapacity);

    /// <summary>Serves until either side ends it. The session's boundary: a bug in one answer ends this connection and nothing else.</summary>
    public async Task RunAsync(Func<bool> isStopping, CancellationToken ct)
    {
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(ct, _cut.Token);
        try
        {
            await ServeAsync(isStopping, cut.Token);
        }
        catch (OperationCanceledException) when (cut.IsCancellationRequested) { }
        catch (Exception e) when (e is IOException or ObjectDisposedException or ConnectionAbortedException)
        {
            parts.Log.Broke(e.GetType().Name, e.HResult);
        }
        catch (Exception e)
        {
            parts.Counters.Bug();
            parts.Log.Bug(e);
        }
        finally
        {
            await context.DisposeAsync();
        }
    }

    public override void Cut()
    {
        try
        {
            _cut.Cancel();
            context.Abort();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself at this very moment.
        }
    }

    public void Dispose() => _cut.Dispose();

    /// <summary>Wakes a connection that waits for input, so that it sees the stop.</summary>
    public void Finish() => context.Transport.Input.CancelPendingRead();

    private async Task ServeAsync(Func<bool> isStopping, CancellationToken ct)
    {
        var input = context.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync(ct);
            var received = read.Buffer.IsSingleSegment ? read.Buffer.First : read.Buffer.ToArray();
            var (done, isRefused) = await AnswerAsync(received, ct);
            input.AdvanceTo(read.Buffer.GetPosition(done), read.Buffer.End);
            if (isRefused)
            {
                await LingerAsync(ct);
                return;
            }

            if (read.IsCompleted || isStopping())
                return;
        }
    }

    private async Task<(int Done, bool IsRefused)> AnswerAsync(ReadOnlyMemory<byte> received, CancellationToken ct)
    {
        var done = 0;
        while (true)
        {
            var start = parts.Clock.GetTimestamp();
            var (end, consumed, answered, cold) = Advance(received[done..].Span);
            done += consumed;
            if (end == TurnEnd.NeedsInput)
                NoteRest(); // before the client has its answer, and does what is noted after this
            if (!_replies.IsEmpty && await SendAsync(ct) && end == TurnEnd.NeedsInput)
                NoteRest();

            if (answered > 0)
                parts.Counters.Answered(answered, parts.Clock.GetElapsedTime(start));

            if (end is TurnEnd.NeedsInput or TurnEnd.Refused)
                return (done, end == TurnEnd.Refused);

            if (end == TurnEnd.NeedsLookup)
            {
                note(this, Phase.Answering, true);
                var asked = parts.Clock.GetTimestamp();
                var reply = await parts.Service.Cold(cold!, ct);
                parts.Counters.AnsweredCold(parts.Clock.GetElapsedTime(asked));
                _replies.TryAdd(reply.Span);
            }
        }

        void NoteRest() => note(this, done < received.Length ? Phase.Receiving : Phase.Waiting, done > 0);
    }

    private (TurnEnd End, int Consumed, int Answered, byte[]? Cold) Advance(ReadOnlySpan<byte> input)
    {
        var turn = dialogue.Advance(input, _replies);
        return (turn.End, turn.Consumed, turn.Answered, turn.End == TurnEnd.NeedsLookup ? turn.Cold.ToArray() : null);
    }

    // Whether it had to wait.
    private async Task<bool> SendAsync(CancellationToken ct)
    {
        var sending = context.Transport.Output.WriteAsync(_replies.Memory, ct);
        var isStalled = !sending.IsCompleted;
        if (isStalled)
            note(this, Phase.Sending, true);

        var sent = await sending;
        _replies.Clear();
        if (sent.IsCompleted)
            throw new ConnectionAbortedException();

        return isStalled;
    }

    /// <summary>Kestrel cannot close its half alone, so what still comes is thrown away for a moment before both are closed.</summary>
    private async Task LingerAsync(CancellationToken ct)
    {
        incidents.Malformed();
        note(this, Phase.Lingering, true);
        while (true)
        {
            var read = await context.Transport.Input.ReadAsync(ct);
            context.Transport.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted || read.IsCanceled)
                return;
        }
    }
}
