using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Postseal.Checks.Json;

namespace Postseal.Checks.Export;

/// <summary>
/// Checks as SARIF 2.1.0, for code scanning. Every kind of finding that was judged is a rule, and every finding that is not <c>ok</c> a result: a rule without
/// a result is fine. Results of kind <c>pass</c> are not written, since GitHub's code scanning ignores the kind and would open an alert for each.
/// </summary>
public static partial class SarifReport
{
    /// <summary>The registered media type.</summary>
    public const string MediaType = "application/sarif+json";

    private const int FingerprintLength = 32; // hex digits of a hash: no two findings of one organisation will ever meet

    /// <summary>The document.</summary>
    /// <param name="documents">One or more checks.</param>
    /// <param name="site">The lookup site whose pages explain the findings; without one, rules link to their RFC.</param>
    public static string Of(IReadOnlyList<CheckDocument> documents, Uri? site) =>
        JsonSerializer.Serialize(Log(documents, site), JsonContext.Default.SarifLog);

    private static SarifLog Log(IReadOnlyList<CheckDocument> documents, Uri? site)
    {
        var rules = SarifRules.Of(documents, site);
        var indices = rules.Index().ToDictionary(r => r.Item.Id, r => r.Index, StringComparer.Ordinal);
        var driver = new SarifDriver(
            "Postseal",
            typeof(SarifReport).Assembly.GetName().Version!.ToString(3),
            site?.AbsoluteUri,
            rules
        );
        var run = new SarifRun(
            new(driver),
            documents.Count == 0 ? [] : [Invocation(documents)],
            [
                .. from document in documents
                from numbered in ExportText.Numbered(document)
                where numbered.Finding.Level != "ok"
                select Result(document, numbered.Finding, numbered.Number, indices[numbered.Finding.Id]),
            ],
            new([
                .. documents.Select(d => new SarifVerdict(
                    d.Domain,
                    d.Verdict.Mail,
                    d.Verdict.Protection,
                    ExportText.Line(d.Verdict.Summary)
                )),
            ])
        );
        return new("https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", [run]);
    }

    private static SarifInvocation Invocation(IReadOnlyList<CheckDocument> documents)
    {
        SarifNotification[] untold =
        [
            .. documents
                .Where(d => d.Verdict.Mail == "unknown" || d.Verdict.Protection == "unknown")
                .Select(d => new SarifNotification("error", new(Message($"{d.Domain}: {ExportText.Line(d.Verdict.Summary)}")))),
        ];
        return new(untold.Length == 0, documents.Min(d => d.CheckedAt)!, untold);
    }

    private static SarifResult Result(CheckDocument document, FindingPart finding, int number, int rule)
    {
        var (kind, level) = finding.Level switch
        {
            "breaks" or "off" => ("fail", "error"),
            "warn" => ("fail", "warning"),
            "unknown" => ("open", "none"), // SARIF §3.27.10: any kind but "fail" has level "none"
            _ => ("fail", "note"),
        };
        var lines = (string[])[ExportText.Sentence(document.Domain, finding), .. ExportText.Advice(finding)];
        return new(
            finding.Id,
            rule,
            kind,
            level,
            new(Message(string.Join('\n', lines))),
            [Location(document.Domain, ExportText.Line(finding.Subject))],
            Fingerprints(document.Domain, finding, number),
            new(finding.Level, Evidence(finding))
        );
    }

    /// <summary>
    /// Code scanning refuses a result without a file and shows it beside that file's first line. There is no file, so the domain stands for one, under a folder
    /// that no repository is likely to have: alerts of one domain then stand together, the same in each run, and can be filtered by <c>path:dns/</c>.
    /// </summary>
    private static SarifLocation Location(string domain, string subject) =>
        new(
            new(new($"dns/{Uri.EscapeDataString(domain)}"), new(StartLine: 1)),
            [new(subject, subject == domain ? domain : $"{domain}/{subject}")]
        );

    /// <summary>Domain, id and subject name a finding, whatever its words or evidence are today. GitHub compares only the fingerprint of this name.</summary>
    private static Dictionary<string, string> Fingerprints(string domain, FindingPart finding, int number)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{domain}\n{finding.Id}\n{finding.Subject}"));
        var print = Convert.ToHexStringLower(hash)[..FingerprintLength];
        return new(StringComparer.Ordinal)
        {
            ["primaryLocationLineHash"] = string.Create(CultureInfo.InvariantCulture, $"{print}:{number}"),
        };
    }

    private static SortedDictionary<string, string> Evidence(FindingPart finding)
    {
        var evidence = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in finding.Evidence)
            evidence[ExportText.Line(name)] = ExportText.Line(value);

        return evidence;
    }

    /// <summary>A message in which a peer's text can make no link (SARIF §3.11.6) and no placeholder (§3.11.5).</summary>
    private static string Message(string text) =>
        Placeholder().Replace(text.Replace("](", "] (", StringComparison.Ordinal), "{{$1}}");

    [GeneratedRegex(@"\{([0-9]+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
