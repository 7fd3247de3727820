using System.Text;
using Postseal.Protocol.MtaSts;

namespace Postseal.Protocol.Socketmap;

/// <summary>Writes an enforced policy as attributes of a Postfix TLS policy.</summary>
internal static class SecureReply
{
    // What Postfix's match list takes for itself: a policy that says "mx: hostname" would admit any host.
    private static readonly string[] Keywords = ["hostname", "nexthop", "dot-nexthop"];

    public static string Render(SocketmapReply.Secure secure, Dialect dialect)
    {
        var patterns = secure.Policy.Mx.Where(NamesHosts).Distinct().ToList();
        var names =
            dialect != Dialect.TlsRpt && secure.Hosts is { } hosts ? Narrow(patterns, hosts) : [.. patterns.Select(Match)];
        if (names.Count == 0)
            return patterns.Count == 0
                ? $"TEMP no mx line of the MTA-STS policy of {secure.PolicyDomain} names a host"
                : $"TEMP no MX host of {secure.PolicyDomain} is listed in its MTA-STS policy";

        var plain = $"OK secure match={string.Join(':', names)} servername=hostname";
        return dialect == Dialect.TlsRpt && IsHostName(secure.PolicyDomain) ? WithReport(plain, secure, patterns) : plain;
    }

    private static bool NamesHosts(MxPattern pattern) =>
        !pattern.IsAddress && (pattern.IsWildcard || !Keywords.Contains(pattern.Domain.Value));

    // Postfix writes the wildcard as a leading dot.
    private static string Match(MxPattern pattern) => pattern.IsWildcard ? $".{pattern.Domain}" : pattern.Domain.Value;

    // A leading dot also admits deeper labels there: name the hosts instead. Exact names stand as they are.
    private static List<string> Narrow(List<MxPattern> patterns, IReadOnlyList<DomainName> hosts) =>
        [
            .. patterns
                .SelectMany(p => p.IsWildcard ? hosts.Where(p.Matches).Select(h => h.Value) : [p.Domain.Value])
                .Where(name => !Keywords.Contains(name))
                .Distinct(),
        ];

    // Report lines go first when the whole is too long for Postfix, then the patterns: half a list would shut out hosts.
    private static string WithReport(string plain, SocketmapReply.Secure secure, List<MxPattern> patterns)
    {
        var text = new StringBuilder(plain);
        text.Append(" policy_type=sts policy_domain=").Append(secure.PolicyDomain);
        foreach (var pattern in patterns)
            text.Append(" mx_host_pattern=").Append(pattern);

        if (text.Length > SocketmapReply.MaxBytes)
            return plain;

        var lines = Lines(secure.Text).Where(IsSafe).Select(line => $" {{ policy_string = {line} }}").ToList();
        return text.Length + lines.Sum(l => l.Length) <= SocketmapReply.MaxBytes
            ? text.AppendJoin("", lines).ToString()
            : text.ToString();
    }

    // Without their ends and trailing blanks, which Postfix would report as part of them.
    private static IEnumerable<string> Lines(ReadOnlyMemory<byte> text) =>
        Encoding.UTF8.GetString(text.Span).Split('\n').Select(line => line.TrimEnd('\r', ' ', '\t'));

    // A brace would end the attribute early; what is not printable ASCII is nothing a report needs.
    private static bool IsSafe(string line) =>
        line.Length > 0 && !line.AsSpan().ContainsAnyExceptInRange(' ', '~') && line.AsSpan().IndexOfAny('{', '}') < 0;

    // Postfix takes no other name as policy_domain, and one bad attribute spoils the whole reply.
    private static bool IsHostName(DomainName domain) => domain.Labels.All(l => l[0] != '-' && l[^1] != '-');
}
