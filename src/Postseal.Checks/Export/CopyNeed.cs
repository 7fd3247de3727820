using Postseal.Checks.Json;

namespace Postseal.Checks.Export;

/// <summary>Which texts a domain lacks, or has wrong.</summary>
internal sealed record CopyNeed(bool Reports, bool Address, bool Policy, bool Record)
{
    // Where the policy should be, something else is.
    private static readonly HashSet<string> NoPolicyThere = ["host-dns", "http-status", "http-redirect", "http-size"];

    // Policies that are as their owner wants them.
    private static readonly HashSet<string> Chosen = ["pol-mode-testing", "pol-mode-none"];

    private static readonly HashSet<string> PolicyMisfits =
    [
        "mx-uncovered",
        "mx-partly-uncovered",
        "mx-pattern-unused",
        "mx-wildcard-depth",
    ];

    // A record that says what it should, at the right place.
    private static readonly HashSet<string> NotTheRecord =
    [
        "sts-txt-missing",
        "sts-txt-dns-fail",
        "sts-txt-dnssec",
        "sts-txt-ttl",
    ];

    private static readonly HashSet<string> NotTheReports =
    [
        "rpt-rua-unreachable",
        "rpt-rua-self-lock",
        "rpt-rua-not-ours",
        "rpt-rua-many",
    ];

    private static readonly HashSet<string> Refusals =
    [
        "starttls-missing",
        "starttls-handshake",
        "tls12-missing",
        "cert-name",
        "cert-untrusted",
        "cert-self-signed",
        "cert-chain-incomplete",
        "cert-expired",
        "cert-eku",
        "cert-signature",
        "cert-oversized",
    ];

    public static CopyNeed Of(CheckDocument document)
    {
        var takesMail = document.Mx.Count > 0;
        var wrong = document.Findings.Where(IsWrong).Select(f => f.Id).ToHashSet(StringComparer.Ordinal);
        var nothing =
            takesMail
            && document.Verdict.Protection == "none"
            && document.Findings.Any(f => f is { Id: "sts-txt-missing", Level: not ("ok" or "unknown") });
        return new(
            Reports: wrong.Any(id => id.StartsWith("rpt-", StringComparison.Ordinal) && !NotTheReports.Contains(id))
                || takesMail && document.Findings.Any(f => f is { Id: "rpt-missing", Level: "info" }),
            Address: nothing || wrong.Contains("host-dns"),
            Policy: nothing || takesMail && wrong.Any(IsOfPolicy),
            Record: nothing || wrong.Any(id => id.StartsWith("sts-txt-", StringComparison.Ordinal) && !NotTheRecord.Contains(id))
        );
    }

    /// <summary>True for what is to be mended. Facts and what could not be tested ask for nothing.</summary>
    public static bool IsWrong(FindingPart finding) => finding.Level is "breaks" or "off" or "warn";

    /// <summary>True for what makes a sender that enforces refuse a host, at whatever level it stands today: without a policy it is a mere fact.</summary>
    public static bool IsRefusal(FindingPart finding) =>
        Refusals.Contains(finding.Id) && finding.Level is not ("ok" or "unknown");

    private static bool IsOfPolicy(string id) =>
        NoPolicyThere.Contains(id)
        || PolicyMisfits.Contains(id)
        || id.StartsWith("pol-", StringComparison.Ordinal) && !Chosen.Contains(id);
}
