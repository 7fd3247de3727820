using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Postseal.Checks.Setup;

/// <summary>An address and a port to listen on, as people write them.</summary>
public static class EndPointText
{
    /// <summary>Reads <c>127.0.0.1:8080</c>, <c>[::1]:8080</c>, <c>localhost:8080</c>.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="needed">The problem when there is no port at all.</param>
    /// <returns>The address, or a sentence that says what is wrong.</returns>
    public static (IPEndPoint? EndPoint, string? Problem) Parse(string text, string needed)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || text.EndsWith(']'))
            return (null, needed);

        if (!ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return (null, "the port is a number from 0 to 65535");

        var host = text[..colon];
        if (host == "localhost")
            return (new(IPAddress.Loopback, port), null);

        var isBracketed = host.StartsWith('[') && host.EndsWith(']');
        return
            IPAddress.TryParse(isBracketed ? host[1..^1] : host, out var ip)
            && isBracketed == (ip.AddressFamily == AddressFamily.InterNetworkV6)
            && (isBracketed || ip.ToString() == host) // not the short forms such as 127.1, which few mean
            ? (new(ip, port), null)
            : (
                null,
                "the host is localhost, an IPv4 address, or an IPv6 address in brackets; 0.0.0.0 and [::] mean every address"
            );
    }
}
