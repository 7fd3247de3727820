using System.Net;
using System.Text;
using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.PolicyHost;

namespace Postseal.Checks.Rules;

/// <summary>Why the text that the policy host serves is no policy: the first fault, and the line to write instead (RFC 8461 §3.2).</summary>
public static class PolicyTextFaults
{
    private const string Ignored = "Senders ignore the whole policy.";

    private const string Begin = "Begin with testing, which refuses no mail:\nmode: testing";

    /// <summary>The first fault of the text.</summary>
    public static IEnumerable<Finding> Fault(DomainFacts facts)
    {
        if (facts.Sts is not { PolicyError: { } error, Fetch.Outcome: FetchOutcome.Body { Bytes: var bytes } })
            yield break;

        var (number, line) = LineAt(bytes.Span, error.Offset);
        var (id, summary, remedy) = error.Code is StsPolicyErrors.MxMissing or StsPolicyErrors.MxIdn or StsPolicyErrors.Mx
            ? Mx(facts, error.Code, line)
            : Explain(facts, error.Code, bytes.Span, number, line);
        yield return Finding.Of(
            id,
            Level.Off,
            facts.Domain.Value,
            $"{summary} {Ignored}",
            remedy,
            ("code", error.Code),
            ("line", Wording.Number(number)),
            ("text", Wording.Quote(line))
        );
    }

    private static (string Id, string Summary, string Remedy) Explain(
        DomainFacts facts,
        string code,
        ReadOnlySpan<byte> text,
        int number,
        string line
    ) =>
        code switch
        {
            StsPolicyErrors.Empty => ("pol-empty", "The policy file is empty.", Whole(facts)),
            StsPolicyErrors.Bom => (
                "pol-bom",
                "The policy begins with a byte order mark, which an editor put there unseen.",
                "Save the file as plain ASCII or UTF-8 without BOM."
            ),
            StsPolicyErrors.CarriageReturn => (
                "pol-line-endings",
                $"Line {Wording.Number(number)} of the policy ends with CR alone.",
                "End every line with CR LF."
            ),
            StsPolicyErrors.VersionMissing => (
                "pol-version",
                $"The policy has no version line{Misspelt(text, "version")}.",
                "Put this line first:\nversion: STSv1"
            ),
            StsPolicyErrors.Version => (
                "pol-version",
                $"The version of the policy is not STSv1 ({Wording.Quote(line)}).",
                "Write it exactly so:\nversion: STSv1"
            ),
            StsPolicyErrors.ModeMissing => ("pol-mode-missing", $"The policy has no mode{Misspelt(text, "mode")}.", Begin),
            StsPolicyErrors.Mode => (
                "pol-mode-invalid",
                $"The mode of the policy is not one that senders know ({Wording.Quote(line)}).",
                "Write enforce, testing or none, in lower case, for example:\nmode: testing"
            ),
            StsPolicyErrors.MaxAgeMissing => (
                "pol-maxage-missing",
                $"The policy has no max_age{Misspelt(text, "max_age")}.",
                "Say for how many seconds senders may keep it, for example two weeks:\nmax_age: 1209600"
            ),
            StsPolicyErrors.MaxAge => (
                "pol-maxage-range",
                $"max_age is not a number of seconds ({Wording.Quote(line)}).",
                "Write digits only, no unit and no sign, at most 31557600, for example two weeks:\nmax_age: 1209600"
            ),
            _ => (
                "pol-line-format",
                $"Line {Wording.Number(number)} of the policy is not key: value{Kind(line)}.",
                LineRemedy(facts, line)
            ),
        };

    private static (string Id, string Summary, string Remedy) Mx(DomainFacts facts, string code, string line)
    {
        if (code == StsPolicyErrors.MxMissing)
            return (
                "pol-mx-missing",
                "The policy has no mx line.",
                $"Name each host of your MX records on its own line:\n{PublishLines.MxLines(facts)}"
            );

        var value = line[(line.IndexOf(':') + 1)..].Trim();
        if (code == StsPolicyErrors.MxIdn)
        {
            var ascii = DomainName.TryParse(
                value.StartsWith("*.", StringComparison.Ordinal) ? value[2..] : value,
                out var name,
                out _
            )
                ? $"mx: {(value.StartsWith('*') ? "*." : "")}{name}"
                : PublishLines.MxLines(facts);
            return (
                "pol-mx-idn",
                $"An mx line holds an international name ({Wording.Quote(value)}).",
                $"Write it in its ASCII form (xn--…):\n{ascii}"
            );
        }

        if (IPAddress.TryParse(value.Trim('[', ']'), out _))
            return (
                "pol-mx-ip",
                $"An mx line holds an address ({Wording.Quote(value)}); it must name a host.",
                $"Name the hosts of your MX records:\n{PublishLines.MxLines(facts)}"
            );

        var (what, remedy) = Describe(facts, value);
        return ("pol-mx-syntax", $"An mx line {what} ({Wording.Quote(line)}).", remedy);
    }

    private static (string What, string Remedy) Describe(DomainFacts facts, string value)
    {
        var hosts = PublishLines.MxLines(facts);
        return value switch
        {
            "" => ("is empty", $"Name each host of your MX records on its own line:\n{hosts}"),
            _ when value.Contains('@') => ("holds a mail address", $"It takes a host name, as in your MX records:\n{hosts}"),
            _ when value.Contains("//", StringComparison.Ordinal) => (
                "holds a web address",
                $"It takes a host name, as in your MX records:\n{hosts}"
            ),
            _ when value.AsSpan().ContainsAny(",; \t") => ("holds more than one name", $"Give each host its own line:\n{hosts}"),
            _ when value.EndsWith('.') => (
                "ends with a dot",
                $"Unlike in a zone file, no dot belongs there:\n{(MxPattern.TryParse(value.TrimEnd('.'), out var p, out _) ? $"mx: {p}" : hosts)}"
            ),
            _ when value.LastIndexOf('*') > 0 || (value.StartsWith('*') && !value.StartsWith("*.", StringComparison.Ordinal)) => (
                "has its * in the wrong place",
                $"A * stands alone, first, and for exactly one label, as in *.{facts.Domain}; exact names are safer:\n{hosts}"
            ),
            _ when value.Contains(':') => ("has a port or a stray colon", $"It takes a host name alone:\n{hosts}"),
            _ => ("is no host name", $"It takes letters, digits, hyphens and dots:\n{hosts}"),
        };
    }

    private static string Whole(DomainFacts facts) =>
        $"Serve a policy, for example:\nversion: STSv1\nmode: testing\n{PublishLines.MxLines(facts)}\nmax_age: 86400";

    // Keys are case-sensitive (RFC 8461 §3.2): "Mode:" is another key than "mode:".
    private static string Misspelt(ReadOnlySpan<byte> text, string key)
    {
        foreach (var line in Encoding.UTF8.GetString(text).Split('\n'))
        {
            var written = line.Split(':')[0];
            if (written.Replace('-', '_').Equals(key, StringComparison.OrdinalIgnoreCase))
                return $"; keys are case-sensitive, so {Wording.Quote(written)} is not {key}";
        }

        return "";
    }

    private static string Kind(string line) =>
        line.TrimStart() switch
        {
            ['#', ..] or ['/', '/', ..] => $": a policy has no comments ({Wording.Quote(line)})",
            ['<', ..] => ": this looks like a web page",
            ['{', ..] => ": this looks like JSON",
            _ when line.Length > 0 && line[0] is ' ' or '\t' => $": it begins with a blank ({Wording.Quote(line)})",
            _ => $" ({Wording.Quote(line)})",
        };

    private static string LineRemedy(DomainFacts facts, string line) =>
        line.TrimStart() is ['<' or '{', ..]
            ? $"Serve the policy as plain text at {PublishLines.PolicyUrl(facts)}. {Whole(facts)}"
            : "Correct the line, or remove it. The keys are version, mode, mx and max_age, each at the start of its line, with a colon behind it.";

    private static (int Number, string Text) LineAt(ReadOnlySpan<byte> text, int offset)
    {
        var at = Math.Clamp(offset, 0, text.Length);
        var start = text[..at].LastIndexOf((byte)'\n') + 1;
        var rest = text[start..];
        var end = rest.IndexOf((byte)'\n');
        return (text[..start].Count((byte)'\n') + 1, Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]).TrimEnd('\r'));
    }
}
