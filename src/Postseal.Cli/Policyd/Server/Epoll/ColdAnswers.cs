using System.Collections.Concurrent;
using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;

namespace Postseal.Cli.Policyd.Server.Epoll;

/// <summary>Look-ups run on the thread pool; their answers queue here for the epoll thread.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ColdAnswers(ColdAnswer answer, WakeUp wakeUp, SocketmapCounters counters, ILogger log)
{
    private readonly ConcurrentQueue<(EpollConnection Connection, ReadOnlyMemory<byte> Reply)> _done = new();

    public void Start(EpollConnection connection, byte[] request, CancellationToken cut) =>
        _ = Task.Run(() => RunAsync(connection, request, cut), CancellationToken.None);

    public bool TryTake(out EpollConnection? connection, out ReadOnlyMemory<byte> reply)
    {
        var any = _done.TryDequeue(out var done);
        (connection, reply) = done;
        return any;
    }

    private async Task RunAsync(EpollConnection connection, byte[] request, CancellationToken cut)
    {
        var reply = ReadOnlyMemory<byte>.Empty; // closes the connection
        try
        {
            reply = await answer(request, cut);
        }
        catch (OperationCanceledException) when (cut.IsCancellationRequested) { }
        catch (Exception e)
        {
            counters.Bug();
            log.Bug(e);
        }

        _done.Enqueue((connection, reply));
        wakeUp.Signal();
    }
}
