using Microsoft.Extensions.Logging;

namespace Postseal.Cli.Policyd.Server;

/// <summary>Incidents that a client can cause as often as it likes: all are counted, and each kind is logged once a minute at most.</summary>
internal sealed class Incidents(SocketmapLimits limits, SocketmapCounters counters, TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long _malformed;
    private long _full;
    private long _accept;

    public void Malformed()
    {
        if (IsTime(ref _malformed))
            log.Malformed(counters.Malformed);
    }

    public void Full()
    {
        if (IsTime(ref _full))
            log.Full(limits.MaxConnections);
    }

    public void CannotAccept(string reason)
    {
        if (IsTime(ref _accept))
            log.CannotAccept(reason);
    }

    private bool IsTime(ref long last)
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            if (last != 0 && clock.GetElapsedTime(last, now) < Interval)
                return false;

            last = now;
            return true;
        }
    }
}
