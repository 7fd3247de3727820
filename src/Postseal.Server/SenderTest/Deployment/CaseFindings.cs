using System.Collections.Frozen;
using Postseal.Checks.Findings;

namespace Postseal.Server.SenderTest.Deployment;

/// <summary>A finding that our checker must have about the domain of a case: the fault that the case is made for.</summary>
/// <param name="Id">The finding; at any level but ok, as the same fault weighs more or less beside others.</param>
/// <param name="Missing">A sentence for when it is not there.</param>
/// <param name="Remedy">What to do then.</param>
/// <param name="CertificateFault">Of findings that several faults of a certificate lead to: the only one that is meant, as their evidence has it.</param>
public sealed record ExpectedFinding(string Id, string Missing, string Remedy, string? CertificateFault = null)
{
    /// <summary>A finding that comes in the place of this one where it is missing, and says nothing more; null for none.</summary>
    public string? Instead { get; init; }

    /// <summary>A finding that says the same of another certificate, with the fault in its evidence; null for none.</summary>
    public (string Id, string CertificateFault)? Or { get; init; }

    /// <summary>True when the finding is about what is meant.</summary>
    public bool Names(Finding finding) => finding.Id == Id || finding.Id == Or?.Id;

    /// <summary>True for the finding that is meant.</summary>
    public bool IsMetBy(Finding finding)
    {
        if (!Names(finding) || finding.Level is Level.Ok or Level.Unknown)
            return false;

        var fault = finding.Id == Id ? CertificateFault : Or?.CertificateFault;
        return fault is null || finding.Evidence.GetValueOrDefault("problems") == fault;
    }
}

/// <summary>What our checker must say about the domain of each case in its first stage. Nothing else that <see cref="Spoils"/> may be said of it.</summary>
public static class CaseFindings
{
    private static readonly ExpectedFinding NoRecord = new(
        "sts-txt-missing",
        "It should have no MTA-STS record, but there is one.",
        "Remove the TXT record at _mta-sts of this domain; look for a wildcard, too."
    );

    private static readonly ExpectedFinding Untrusted = new(
        "cert-untrusted",
        "Its mail server's certificate should be untrusted, but every sender would trust it, or refuse it for another reason.",
        "Let its mail server show a certificate of an authority of its own that nobody trusts, with the right name and dates.",
        "untrusted"
    )
    {
        Or = ("cert-self-signed", "self-signed"),
    };

    private static readonly ExpectedFinding Uncovered = new(
        "mx-uncovered",
        "Its policy should not cover the MX host, but it does.",
        "Serve the policy of this case; none of its mx lines matches the host."
    );

    private static readonly ExpectedFinding Mismatch = new(
        "dane-mismatch",
        "Its TLSA record should match nothing, but the certificate matches it.",
        "Publish the TLSA record of this case, which is for no key at all."
    );

    private static readonly FrozenDictionary<string, ExpectedFinding[]> Expected = new Dictionary<string, ExpectedFinding[]>
    {
        ["control"] = [NoRecord],
        ["control-dane"] = [NoRecord, Mismatch],
        ["C0"] = [],
        ["C1"] =
        [
            new(
                "starttls-missing",
                "Its mail server should not offer STARTTLS, but it does.",
                "Let its MX host lead to an address whose mail server never offers STARTTLS."
            ),
        ],
        ["C2"] = [Untrusted],
        ["C3"] =
        [
            new(
                "cert-expired",
                "Its mail server's certificate should have expired, but it has not.",
                "Let its mail server show the expired certificate; an old one of a public authority will do.",
                "expired"
            ),
        ],
        ["C4"] =
        [
            new(
                "cert-name",
                "Its mail server's certificate should be for another name, but it is for the MX host.",
                "Let its mail server show a trusted certificate that lacks the MX host's name; look for a wildcard in it, too.",
                "name"
            ),
        ],
        ["C5"] =
        [
            new(
                "cert-untrusted",
                "Its mail server's certificate should not be valid yet and otherwise in order, but it is not so.",
                "Let its mail server show a certificate that begins in the future; if no trusted authority gives you one, do not offer this case.",
                "not-yet-valid"
            ),
        ],
        ["C6"] = [Uncovered],
        ["C7"] = [Uncovered],
        ["C8"] =
        [
            new("pol-mode-testing", "Its policy should be in testing mode, but it is not.", "Serve the policy of this case."),
            Untrusted,
        ],
        ["C9"] =
        [
            new("pol-mode-none", "Its policy's mode should be none, but it is another.", "Serve the policy of this case."),
            Untrusted,
        ],
        ["C10"] = Unusable(
            "http-status",
            "Its policy should come with status 404, but does not.",
            "Let the policy host answer with status 404."
        ),
        ["C11"] = Unusable(
            "http-redirect",
            "Its policy should be redirected, but is not.",
            "Let the policy host redirect to its neighbour www."
        ),
        ["C12"] = Unusable(
            "host-tls-name",
            "Its policy host's certificate should be for another name, but it is not.",
            "Let the policy host show a trusted certificate that lacks its name; look for a wildcard in it, too."
        ),
        ["C13"] = Unusable(
            "http-size",
            "Its policy should be far longer than 64 kilobytes, but is not.",
            "Serve the policy of this case."
        ),
        ["C14"] = Unusable("pol-version", "Its policy should lack its version, but does not.", "Serve the policy of this case."),
        ["C15"] = Unusable(
            "http-content-type",
            "Its policy should be served as text/html, but is not.",
            "Let the policy host say Content-Type: text/html; something in front of it may change that."
        ),
        ["C16"] = Unusable(
            "sts-txt-multiple",
            "It should have two MTA-STS records, but it has not.",
            "Publish both TXT records of this case at _mta-sts."
        ),
        ["C17"] = Unusable(
            "sts-txt-id-syntax",
            "The id of its MTA-STS record should have hyphens, but it has not.",
            "Publish the TXT record of this case at _mta-sts."
        ),
        ["C18"] =
        [
            Uncovered,
            new(
                "mx-wildcard-depth",
                "The wildcard in its policy should be one label too shallow, but it is not.",
                "Serve the policy of this case."
            ),
        ],
        ["C19"] = [],
        ["C20"] = [],
        ["C21"] = [],
        ["C22"] = [Untrusted],
        ["C23"] =
        [
            Mismatch,
            new(
                "dane-sts-conflict",
                "By MTA-STS alone its mail server should be in order, but it is not.",
                "Serve the policy of this case and let the mail server show a trusted certificate."
            ),
        ],
        ["C24"] =
        [
            new(
                "tls12-missing",
                "Its mail server should speak nothing newer than TLS 1.1, but it does.",
                "Let its MX host lead to the mail server that speaks old TLS only."
            ),
        ],
        ["C25"] = [NoRecord],
        ["C26"] = [],
        ["C27"] =
        [
            new(
                "sni-dependence",
                "Without SNI its mail server should show another certificate, but it shows the same.",
                "Let the mail server show a certificate of another name to clients that send no SNI."
            ),
        ],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Where another fault stands before them, these are mere remarks; a sender that overlooks the first meets them and seems to be right.
    internal static readonly FrozenSet<string> SpoilAtAnyLevel = FrozenSet.Create(
        StringComparer.Ordinal,
        "sts-txt-missing",
        "host-ipv6",
        "host-multi-ip",
        "http-cache-header",
        "pol-mode-testing",
        "pol-mode-none",
        "pol-maxage-short",
        "mx-uncovered",
        "mx-wildcard-depth",
        "mx-unresolvable",
        "mx-cname",
        "starttls-missing",
        "starttls-hidden",
        "starttls-handshake",
        "tls12-missing",
        "mx-refuses-plaintext",
        "per-address-variance",
        "per-mx-variance",
        "cert-name",
        "cert-untrusted",
        "cert-self-signed",
        "cert-chain-incomplete",
        "cert-expired",
        "cert-weak-key",
        "cert-sha1",
        "cert-eku",
        "cert-ku",
        "cert-signature",
        "cert-oversized",
        "rpt-rua-unreachable",
        "dane-mismatch",
        "dane-params",
        "dane-sts-conflict"
    );

    /// <summary>What must be found about a case's domain; null for a case that this table does not know.</summary>
    public static IReadOnlyList<ExpectedFinding>? Of(string caseId) => Expected.GetValueOrDefault(caseId);

    /// <summary>Whether a finding that is not expected makes verdicts false: mail bounces, protection is off, or it would be so but for the fault that is meant.</summary>
    public static bool Spoils(Finding finding) =>
        finding.Level is Level.Breaks or Level.Off
        || (finding.Level is not (Level.Ok or Level.Unknown) && SpoilAtAnyLevel.Contains(finding.Id));

    // Who uses the policy all the same must not get through: it covers no host. All else has to be in order.
    private static ExpectedFinding[] Unusable(string id, string missing, string remedy) =>
        [new(id, missing, remedy) { Instead = "mx-uncovered" }];
}
