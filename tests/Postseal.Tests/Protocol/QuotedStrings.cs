using System.Text;

namespace Postseal.Tests.Protocol;

/// <summary>Reads TXT records as a zone file writes them: one record a line, quoted strings, <c>\"</c>, <c>\\</c> and <c>\DDD</c> (RFC 1035 §5.1).</summary>
internal static class QuotedStrings
{
    public static IReadOnlyList<string> JoinEach(byte[] file) =>
        [.. Encoding.ASCII.GetString(file).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Join)];

    private static string Join(string line)
    {
        var text = new StringBuilder();
        var inside = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"')
                inside = !inside;
            else if (line[i] == '\\' && char.IsAsciiDigit(line[i + 1]))
            {
                text.Append((char)int.Parse(line.AsSpan(i + 1, 3)));
                i += 3;
            }
            else if (line[i] == '\\')
                text.Append(line[++i]);
            else if (inside)
                text.Append(line[i]);
        }

        return text.ToString();
    }
}
