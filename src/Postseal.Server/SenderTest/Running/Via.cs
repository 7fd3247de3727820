using System.Globalization;
using System.Net;

namespace Postseal.Server.SenderTest.Running;

/// <summary>Where the server under test takes mail.</summary>
/// <param name="Host">A name or an address, without brackets.</param>
internal sealed record Via(string Host, int Port)
{
    private const int Smtp = 25;

    /// <summary>Whether it is on this machine.</summary>
    public bool IsHere => Host == "localhost" || IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address);

    /// <summary>Reads <c>mail.example</c>, <c>127.0.0.1:10025</c>, <c>[::1]:587</c>; null where it is neither.</summary>
    public static Via? Parse(string text)
    {
        var end = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) + 1 : text.LastIndexOf(':');
        if (end == 0)
            return null;

        var (host, port) = end < 0 || end == text.Length ? (text, "") : (text[..end], text[end..]);
        host = host.Trim('[', ']');
        if (Uri.CheckHostName(host) is UriHostNameType.Unknown or UriHostNameType.Basic)
            return null;

        if (port.Length == 0)
            return new(host, Smtp);

        return
            port[0] == ':'
            && ushort.TryParse(port[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number > 0
            ? new(host, number)
            : null;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}");
}
