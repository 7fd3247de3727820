using System.Collections.Concurrent;
using System.Runtime.Versioning;

namespace Postseal.Cli.Policyd.Server.Epoll;

/// <summary>Look-ups run on the thread pool; their answers queue here for the epoll thread.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ColdAnswers(ServerParts parts, WakeUp wakeUp)
{
    private readonly ConcurrentQueue<(EpollConnection Connection, ReadOnlyMemory<byte> Reply)> _done = new();

    public void Start(EpollConnection connection, byte[] request, CancellationToken cut)
    {
        var start = parts.Clock.GetTimestamp(); // here, so that a wait for a thread counts
        _ = Task.Run(() => RunAsync(connection, request, start, cut), CancellationToken.None);
    }

    public bool TryTake(out EpollConnection? connection, out ReadOnlyMemory<byte> reply)
    {
        var any = _done.TryDequeue(out var done);
        (connection, reply) = done;
        return any;
    }

    private async Task RunAsync(EpollConnection connection, byte[] request, long start, CancellationToken cut)
    {
        var reply = ReadOnlyMemory<byte>.Empty; // closes the connection
        try
        {
            reply = await parts.Service.Cold(request, cut);
            parts.Counters.AnsweredCold(parts.Clock.GetElapsedTime(start));
        }
        catch (OperationCanceledException) when (cut.IsCancellationRequested) { }
        catch (Exception e)
        {
            parts.Counters.Bug();
            parts.Log.Bug(e);
        }

        _done.Enqueue((connection, reply));
        wakeUp.Signal();
    }
}
