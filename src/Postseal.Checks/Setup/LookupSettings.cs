using System.Diagnostics.CodeAnalysis;
using System.Net;
using Postseal.Resolver.Dns;

namespace Postseal.Checks.Setup;

/// <summary>The validated options of a verb that looks things up.</summary>
/// <param name="Servers">Resolvers; empty for the system's.</param>
/// <param name="Trust">When to believe the AD bit.</param>
/// <param name="CaFile">Roots besides the system's, or null.</param>
/// <param name="AllowPrivate">Whether addresses that are not public may be connected to.</param>
/// <param name="HttpsPort">Port of policy hosts.</param>
/// <param name="SmtpPort">Port of MX hosts.</param>
/// <param name="Timeout">The whole job's deadline, or null for the verb's own default.</param>
public sealed record LookupSettings(
    IReadOnlyList<IPEndPoint> Servers,
    DnssecTrust Trust,
    string? CaFile,
    bool AllowPrivate,
    int HttpsPort,
    int SmtpPort,
    TimeSpan? Timeout
)
{
    /// <summary>What MX hosts are greeted with; null for the name of this machine.</summary>
    public string? EhloName { get; init; }

    /// <summary>Reads a resolver's address; the port is 53 unless given.</summary>
    public static bool TryServer(string text, [NotNullWhen(true)] out IPEndPoint? server)
    {
        // IPAddress would also read "1" and "127.1": a typing error here must not ask some other server.
        var read = IPEndPoint.TryParse(text, out server) && (text.Contains(':') || text.Count(c => c == '.') == 3);
        if (read && server!.Port == 0)
            server = new(server.Address, 53);

        return read;
    }
}
