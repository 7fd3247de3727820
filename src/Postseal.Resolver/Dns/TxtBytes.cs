using System.Globalization;
using System.Text;
using DnsClient.Protocol;

namespace Postseal.Resolver.Dns;

/// <summary>Gets the bytes of a TXT record back from what DnsClient makes of them.</summary>
internal static class TxtBytes
{
    /// <summary>All strings of the record joined with nothing between (RFC 8461 §3.1), one char per byte.</summary>
    public static string Join(TxtRecord record) => string.Concat(record.Text.Zip(record.EscapedText, Decode));

    private static string Decode(string text, string escaped) =>
        // Text is the bytes read as UTF-8: exact unless some were not UTF-8.
        text.Contains('\uFFFD')
            ? Unescape(escaped)
            : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    // Bytes outside 0x20–0x7E stand as \DDD and a quote as \", but a backslash stands for itself: a literal "\200" beside bytes that
    // are not UTF-8 reads as one byte. No harm: such a record is invalid for every parser either way.
    private static string Unescape(string escaped)
    {
        var bytes = new StringBuilder(escaped.Length);
        for (var i = 0; i < escaped.Length; i++)
        {
            if (
                escaped[i] == '\\'
                && i + 3 < escaped.Length
                && byte.TryParse(escaped.AsSpan(i + 1, 3), NumberStyles.None, null, out var value)
            )
            {
                bytes.Append((char)value);
                i += 3;
            }
            else if (escaped[i] == '\\' && i + 1 < escaped.Length && escaped[i + 1] == '"')
            {
                bytes.Append('"');
                i++;
            }
            else
                bytes.Append(escaped[i]);
        }

        return bytes.ToString();
    }
}
