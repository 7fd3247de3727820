using System.Globalization;
using System.Text;

namespace Postseal.Server.Pages;

/// <summary>A TXT record as a line of a zone file (RFC 1035 §5.1), exact enough to be copied into one.</summary>
internal static class ZoneLine
{
    private const int MaxString = 255; // bytes; RFC 1035 §3.3

    /// <summary>The line.</summary>
    /// <param name="name">Its owner, without the final dot.</param>
    /// <param name="text">One character per byte; another text was cut, and is given bare.</param>
    public static string Txt(string name, string text)
    {
        if (text.Any(c => c > '\xff'))
            return Html.Safe(text);

        var strings = text.Length == 0 ? ["\"\""] : text.Chunk(MaxString).Select(Quoted);
        return $"{name}. IN TXT {string.Join(' ', strings)}";
    }

    private static string Quoted(char[] part)
    {
        var quoted = new StringBuilder("\"", part.Length + 2);
        foreach (var c in part)
        {
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (c is < ' ' or > '~')
                quoted.Append(CultureInfo.InvariantCulture, $"\\{(int)c:000}");
            else
                quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }
}
