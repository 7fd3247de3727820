using Microsoft.Extensions.Logging;

namespace Postseal.Cli.Policyd.Server;

/// <summary>What either transport stands on.</summary>
internal sealed record ServerParts(
    SocketmapService Service,
    SocketmapLimits Limits,
    SocketmapCounters Counters,
    TimeProvider Clock,
    ILogger Log
);
