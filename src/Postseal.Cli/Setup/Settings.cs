using System.Net;
using Postseal.Resolver.Dns;

namespace Postseal.Cli.Setup;

/// <summary>The validated options of a verb that looks things up.</summary>
/// <param name="Servers">Resolvers; empty for the system's.</param>
/// <param name="Trust">When to believe the AD bit.</param>
/// <param name="CaFile">Roots besides the system's, or null.</param>
/// <param name="AllowPrivate">Whether addresses that are not public may be connected to.</param>
/// <param name="HttpsPort">Port of policy hosts.</param>
/// <param name="SmtpPort">Port of MX hosts.</param>
/// <param name="Timeout">The whole job's deadline, or null for the verb's own default.</param>
internal sealed record Settings(
    IReadOnlyList<IPEndPoint> Servers,
    DnssecTrust Trust,
    string? CaFile,
    bool AllowPrivate,
    int HttpsPort,
    int SmtpPort,
    TimeSpan? Timeout
);
