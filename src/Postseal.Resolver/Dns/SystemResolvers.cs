using System.Net;

namespace Postseal.Resolver.Dns;

/// <summary>The resolvers that resolv.conf(5) names.</summary>
/// <param name="Servers">At least one.</param>
/// <param name="TrustAd">The option <c>trust-ad</c> is set: the path to the resolvers is trusted.</param>
public sealed record SystemResolvers(IReadOnlyList<IPEndPoint> Servers, bool TrustAd)
{
    private const string SystemFile = "/etc/resolv.conf";
    private const int DnsPort = 53;

    // As many as the C library uses (MAXNS in resolv.h).
    private const int MaxServers = 3;

    /// <summary>Reads the system's file; a missing or unreadable one means the resolver on this machine, as for the C library.</summary>
    /// <param name="path">The file; another one than the system's for tests.</param>
    public static SystemResolvers Read(string path = SystemFile)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Parse("");
        }
    }

    /// <summary>Reads the text of a resolv.conf. Lines that make no sense are ignored; the last <c>options</c> lines add up.</summary>
    public static SystemResolvers Parse(string text)
    {
        var servers = new List<IPEndPoint>();
        var trustAd = false;
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words is ["nameserver", var address, ..] && IPAddress.TryParse(address, out var ip))
                servers.Add(new(ip, DnsPort));
            else if (words is ["options", .. var options])
                trustAd |= options.Contains("trust-ad");
        }

        if (servers.Count == 0)
            servers.Add(new(IPAddress.Loopback, DnsPort));

        return new([.. servers.Take(MaxServers)], trustAd);
    }
}
