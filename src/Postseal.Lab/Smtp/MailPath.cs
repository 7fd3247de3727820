namespace Postseal.Lab.Smtp;

/// <summary>The argument of MAIL or RCPT (RFC 5321 §4.1.2).</summary>
/// <param name="Address">Without angle brackets and source route; empty for the null sender.</param>
/// <param name="Parameters">Such as <c>BODY=8BITMIME</c>.</param>
internal sealed record MailPath(string Address, string[] Parameters)
{
    /// <summary>Reads a whole command; null if it is malformed.</summary>
    /// <param name="keyword"><c>FROM:</c> or <c>TO:</c>. Blanks behind it are wrong but common.</param>
    public static MailPath? Of(string command, string keyword)
    {
        var path = command.AsSpan(command.IndexOf(' ', StringComparison.Ordinal) + 1).TrimStart();
        if (!path.StartsWith(keyword, StringComparison.OrdinalIgnoreCase))
            return null;

        path = path[keyword.Length..].TrimStart();
        if (path is not ['<', ..] || Close(path) is not (> 0 and var close))
            return null;

        var parameters = path[(close + 1)..].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new(WithoutRoute(path[1..close]).ToString(), parameters);
    }

    /// <summary>The size that the sender announces (RFC 1870 §6), or 0.</summary>
    public long Size() =>
        Parameters.FirstOrDefault(p => p.StartsWith("SIZE=", StringComparison.OrdinalIgnoreCase)) is { } size
        && long.TryParse(size.AsSpan(5), out var bytes)
            ? bytes
            : 0;

    // A local part in quotes may hold anything, even an angle bracket.
    private static int Close(ReadOnlySpan<char> path)
    {
        var isQuoted = false;
        for (var i = 1; i < path.Length; i++)
        {
            if (path[i] == '\\' && isQuoted)
                i++;
            else if (path[i] == '"')
                isQuoted = !isQuoted;
            else if (path[i] == '>' && !isQuoted)
                return i;
        }
        return -1;
    }

    // RFC 5321 §4.1.1.3: a source route is to be stripped.
    private static ReadOnlySpan<char> WithoutRoute(ReadOnlySpan<char> address) =>
        address is ['@', ..] ? address[(address.IndexOf(':') + 1)..] : address;
}
