using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;

namespace Postseal.Protocol.Socketmap;

/// <summary>A next hop as Postfix names it: <c>domain</c>, <c>host:port</c>, <c>[host]</c> or <c>[host]:port</c>. The name is the policy domain, with a
/// smart host too (RFC 8461 §3.4).</summary>
/// <param name="Domain">The policy domain.</param>
/// <param name="IsHost">In brackets: mail goes to this very host, MX records are not asked.</param>
/// <param name="Port">The port given; null for the standard one.</param>
public sealed record Destination(DomainName Domain, bool IsHost, int? Port)
{
    /// <summary>Characters of the longest key worth reading: a name as U-labels, brackets and a port.</summary>
    public const int MaxKeyLength = 2 * DomainName.MaxLength + 32;

    /// <summary>Reads a key. False for what has no policy and needs no look-up: address literals, a key that begins with a dot (Postfix asks for
    /// <c>.parent</c>, and policies are not inherited), text that is no name (RFC 8461 §3.4).</summary>
    public static bool TryParse(ReadOnlySpan<char> key, [NotNullWhen(true)] out Destination? destination)
    {
        destination = null;
        if (key.IsEmpty || key[0] == '.' || key.Length > MaxKeyLength || !TrySplit(key, out var host, out var service))
            return false;

        if (
            !TryPort(service, out var port)
            || IPAddress.TryParse(host, out _)
            || !DomainName.TryParse(host, out var domain, out _)
        )
            return false;

        destination = new(domain, key[0] == '[', port);
        return true;
    }

    /// <summary>Reads a key as sent, UTF-8.</summary>
    public static bool TryParse(ReadOnlySpan<byte> key, [NotNullWhen(true)] out Destination? destination)
    {
        destination = null;
        Span<char> text = stackalloc char[MaxKeyLength];
        return key.Length <= MaxKeyLength * 3 // UTF-8 takes three bytes for a UTF-16 unit at most
            && Encoding.UTF8.TryGetChars(key, text, out var length)
            && TryParse(text[..length], out destination);
    }

    /// <summary>The canonical text: equal destinations have equal texts.</summary>
    public override string ToString()
    {
        var host = IsHost ? $"[{Domain}]" : Domain.Value;
        return Port is { } port ? string.Create(CultureInfo.InvariantCulture, $"{host}:{port}") : host;
    }

    private static bool TrySplit(ReadOnlySpan<char> key, out ReadOnlySpan<char> host, out ReadOnlySpan<char> service)
    {
        service = default;
        host = key;
        if (key[0] == '[')
        {
            var close = key.IndexOf(']');
            if (close < 0)
                return false;

            host = key[1..close];
            service = key[(close + 1)..];
        }
        else if (key.LastIndexOf(':') is var colon and >= 0)
        {
            host = key[..colon];
            service = key[colon..];
        }

        return true;
    }

    // Postfix takes a number or a name of services(5); a service we do not know leaves the standard port, and the name decides the policy anyway.
    private static bool TryPort(ReadOnlySpan<char> service, out int? port)
    {
        port = null;
        if (service.IsEmpty)
            return true;

        if (service[0] != ':' || service.Length == 1)
            return false;

        var text = service[1..];
        if (text.IndexOfAnyExceptInRange('0', '9') < 0)
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65535)
                return false;

            port = number;
            return true;
        }

        port = text switch
        {
            "smtp" => 25,
            "submission" => 587,
            "submissions" or "smtps" => 465,
            _ => null,
        };
        return char.IsAsciiLetterOrDigit(text[0]);
    }
}
