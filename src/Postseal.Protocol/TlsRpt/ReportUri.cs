using System.Buffers;
using System.Globalization;
using System.Text;

namespace Postseal.Protocol.TlsRpt;

/// <summary>One address of a <c>rua</c> field.</summary>
/// <param name="Text">As written.</param>
public abstract record ReportUri(string Text)
{
    private const string Mailto = "mailto:";
    private const string HttpsPrefix = "https://";
    private const int MaxLocalPart = 64; // RFC 5321 §4.5.3.1.1

    // RFC 3986 §2 without "!", "," and ";", which RFC 8460 §3 wants percent-encoded.
    private static readonly SearchValues<char> UriCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@$&'()*+=%"
    );
    private static readonly SearchValues<char> AtomCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~"
    );

    /// <summary>Reports by mail.</summary>
    /// <param name="Address">Percent-decoded mail address, header parameters removed, domain normalised.</param>
    /// <param name="Domain">The address's domain.</param>
    public sealed record Mail(string Text, string Address, DomainName Domain) : ReportUri(Text);

    /// <summary>Reports by POST.</summary>
    public sealed record Https(string Text, Uri Uri) : ReportUri(Text);

    /// <summary>Not usable.</summary>
    /// <param name="Error">Codes: <c>tlsrpt.uri.syntax</c>, <c>tlsrpt.uri.scheme</c>, <c>tlsrpt.uri.mailto</c>, <c>tlsrpt.uri.https</c>. The offset is one
    /// inside <see cref="Text"/>.</param>
    public sealed record Unusable(string Text, ParseError Error) : ReportUri(Text);

    /// <summary>Reads one address, without the white space around it.</summary>
    public static ReportUri From(string text)
    {
        if (FindFault(text) is var fault and >= 0)
            return new Unusable(text, new(TlsRptErrors.UriSyntax, fault));

        if (text.StartsWith(Mailto, StringComparison.OrdinalIgnoreCase))
            return ReadMailto(text);

        if (text.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
            return ReadHttps(text);

        return new Unusable(text, new(TlsRptErrors.UriScheme, 0));
    }

    private static int FindFault(string text)
    {
        if (text.Length == 0)
            return 0;

        if (text.AsSpan().IndexOfAnyExcept(UriCharacters) is var bad and >= 0)
            return bad;

        for (var i = text.IndexOf('%'); i >= 0; i = text.IndexOf('%', i + 1))
        {
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                return i;
        }

        return -1;
    }

    // mailto: [ to ] [ "?" headers ], here with exactly one address in it (RFC 6068 §2).
    private static ReportUri ReadMailto(string text)
    {
        var to = text.AsSpan(Mailto.Length);
        var address = Decode(to.IndexOfAny('?', '#') is var end and >= 0 ? to[..end] : to);
        var at = address.LastIndexOf('@');
        if (
            at > 0
            && IsLocalPart(address.AsSpan(0, at))
            && !address.EndsWith('.')
            && DomainName.TryParse(address.AsSpan(at + 1), out var domain, out _)
        )
            return new Mail(text, $"{address[..at]}@{domain}", domain);

        return new Unusable(text, new(TlsRptErrors.UriMailto, Mailto.Length));
    }

    private static ReportUri ReadHttps(string text)
    {
        // RFC 9110 §4.2.4: user information in an https URI is an error.
        if (
            text.StartsWith(HttpsPrefix, StringComparison.OrdinalIgnoreCase)
            && Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && uri.UserInfo.Length == 0
            && IsHost(uri)
        )
            return new Https(text, uri);

        return new Unusable(text, new(TlsRptErrors.UriHttps, "https:".Length));
    }

    private static bool IsHost(Uri uri) =>
        uri.HostNameType switch
        {
            UriHostNameType.IPv4 or UriHostNameType.IPv6 => true,
            UriHostNameType.Dns => DomainName.TryParse(uri.IdnHost, out _, out _),
            _ => false,
        };

    // Bytes that are not UTF-8 become U+FFFD, which neither a local part nor a domain may hold.
    private static string Decode(ReadOnlySpan<char> text)
    {
        var bytes = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var encoded = text[i] == '%';
            bytes[length++] = encoded ? byte.Parse(text.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, null) : (byte)text[i];
            i += encoded ? 2 : 0;
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    // Local-part = Dot-string / Quoted-string (RFC 5321 §4.1.2).
    private static bool IsLocalPart(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxLocalPart)
            return false;

        if (text is ['"', .. var quoted, '"'])
            return IsQuoted(quoted);

        foreach (var atom in text.Split('.'))
        {
            if (text[atom].IsEmpty || text[atom].ContainsAnyExcept(AtomCharacters))
                return false;
        }

        return true;
    }

    private static bool IsQuoted(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"')
                return false;

            if (i == text.Length || text[i] is < ' ' or > '~')
                return false;
        }

        return true;
    }
}
