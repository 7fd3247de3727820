using System.Collections.Frozen;

namespace Postseal.Checks.Findings;

/// <summary>One kind of finding. An id never changes its meaning.</summary>
/// <param name="Id">Stable id.</param>
/// <param name="Rfc">The section that rules it, as <c>8461 §4.1</c>.</param>
/// <param name="Title">A short heading.</param>
public sealed record FindingKind(string Id, string Rfc, string Title);

/// <summary>Every kind of finding this program can report, in the order in which a report lists them. docs/findings has a page for each.</summary>
public static class Catalogue
{
    /// <summary>All kinds.</summary>
    public static IReadOnlyList<FindingKind> All { get; } =
    [
        // Discovery record
        new("sts-txt-missing", "8461 §3.1", "No MTA-STS record"),
        new("sts-txt-wrong-place", "8461 §3.1", "MTA-STS record at the wrong name"),
        new("sts-txt-is-spf", "8461 §3.1", "The record's name answers with SPF"),
        new("sts-txt-multiple", "8461 §3.1", "Several MTA-STS records"),
        new("sts-txt-unrelated", "8461 §3.1", "Other TXT records beside the MTA-STS record"),
        new("sts-txt-version", "8461 §3.1", "Version missing, wrong or not first"),
        new("sts-txt-id-missing", "8461 §3.1", "No id in the record"),
        new("sts-txt-id-syntax", "8461 §3.1", "The id is not 1 to 32 letters and digits"),
        new("sts-txt-dup-field", "8461 §3.1", "A field appears twice in the record"),
        new("sts-txt-malformed", "8461 §3.1", "The record breaks the grammar"),
        new("sts-txt-ext-key", "8461 §3.1", "Bad name of an extension field"),
        new("sts-txt-ext-value", "8461 §3.1", "Bad value of an extension field"),
        new("sts-txt-policy-fields", "8461 §3.1", "Policy lines in the TXT record"),
        new("sts-txt-cname", "8461 §8.2", "The record is delegated by CNAME"),
        new("sts-txt-dangling-cname", "8461 §8.2", "The record's CNAME leads nowhere"),
        new("sts-txt-dns-fail", "8461 §3.1", "The record could not be looked up"),
        new("sts-txt-dnssec", "8461 §10.2", "DNSSEC of the record"),
        new("sts-txt-ttl", "8461 §8.1", "Long TTL of the record"),
        // Policy host and fetch
        new("host-dns", "8461 §3.3", "The policy host has no address"),
        new("host-tcp", "8461 §3.3", "The policy host refuses connections"),
        new("host-tls-name", "8461 §3.3", "The policy host's certificate has another name"),
        new("host-tls-alert", "8461 §3.3", "The policy host has no certificate for this name"),
        new("host-no-cert", "8461 §3.3", "The policy host shows no certificate"),
        new("host-tls-expired", "8461 §3.3", "The policy host's certificate has expired"),
        new("host-tls-untrusted", "8461 §3.3", "The policy host's certificate is not trusted"),
        new("host-tls-self-signed", "8461 §3.3", "The policy host's certificate is self-signed"),
        new("host-tls-incomplete-chain", "8461 §3.3", "The policy host leaves out an intermediate certificate"),
        new("host-tls-expiring", "8461 §3.3", "The policy host's certificate expires soon"),
        new("host-ipv6", "8461 §3.3", "The policy host fails over IPv6"),
        new("host-multi-ip", "8461 §3.3", "The policy host's addresses disagree"),
        new("http-redirect", "8461 §3.3", "The policy is redirected"),
        new("http-status", "8461 §3.3", "The policy host answers with an error"),
        new("http-content-type", "8461 §3.2", "The policy is not served as text/plain"),
        new("http-size", "8461 §3.3", "The policy is too large"),
        new("http-timeout", "8461 §3.3", "The policy host is too slow"),
        new("http-bot-block", "8461 §3.3", "The policy host blocks software"),
        new("http-cache-header", "8461 §3.3", "A shared cache serves the policy"),
        new("host-tls-version", "8461 §7.2", "The policy host speaks only old TLS"),
        // Policy text
        new("pol-empty", "8461 §3.2", "The policy is empty"),
        new("pol-version", "8461 §3.2", "The policy's version is missing or wrong"),
        new("pol-mode-missing", "8461 §3.2", "The policy has no mode"),
        new("pol-mode-invalid", "8461 §3.2", "The policy's mode is not known"),
        new("pol-mode-testing", "8461 §5", "The policy is in testing mode"),
        new("pol-mode-none", "8461 §5", "The policy is switched off"),
        new("pol-maxage-missing", "8461 §3.2", "The policy has no max_age"),
        new("pol-maxage-range", "8461 §3.2", "The policy's max_age is out of range"),
        new("pol-maxage-short", "8461 §10.2", "The policy's max_age is short"),
        new("pol-mx-missing", "8461 §3.2", "The policy has no mx line"),
        new("pol-mx-syntax", "8461 §3.2", "An mx line is malformed"),
        new("pol-mx-ip", "8461 §3.2", "An mx line holds an address"),
        new("pol-mx-is-mta-sts-host", "8461 §4.1", "An mx line names the policy host"),
        new("pol-mx-idn", "8461 §3.2", "An mx line holds an unconverted international name"),
        new("pol-dup-key", "8461 §3.2", "A key appears twice in the policy"),
        new("pol-unknown-key", "8461 §3.2", "Unknown keys in the policy"),
        new("pol-line-format", "8461 §3.2", "A line of the policy is not key: value"),
        new("pol-line-endings", "8461 §3.2", "Unusual line ends in the policy"),
        new("pol-bom", "8461 §3.2", "The policy begins with a byte order mark"),
        new("pol-trailing-garbage", "8461 §3.2", "Blank lines or leftovers in the policy"),
        new("pol-id-drift", "8461 §3.3", "The policy changed, the id did not"),
        new("pol-id-changed-body-same", "8461 §3.3", "The id changed, the policy did not"),
        // Policy against MX reality
        new("mx-none", "5321 §5.1", "No MX record"),
        new("mx-null", "7505 §3", "The domain takes no mail"),
        new("mx-null-conflict", "7505 §3", "A null MX stands beside other MX records"),
        new("mx-uncovered", "8461 §4.1", "The policy does not cover an MX host"),
        new("mx-partly-uncovered", "8461 §8.4", "Only some MX hosts are covered"),
        new("mx-pattern-unused", "8461 §4.1", "An mx line matches no MX host"),
        new("mx-wildcard-depth", "8461 §4.1", "A wildcard is too shallow"),
        new("mx-mismatch-class", "8461 §4.1", "Why policy and MX records differ"),
        new("mx-unresolvable", "5321 §5.1", "An MX host has no address"),
        new("mx-cname", "5321 §5.1", "An MX host is an alias"),
        new("mx-dup", "5321 §5.1", "An MX host is listed twice"),
        new("mx-private-ip", "5321 §5.1", "An MX host has a private address"),
        new("mx-ptr", "5321 §5.1", "An MX host's reverse name does not lead back"),
        new("mx-ms-verify-host", "5321 §5.1", "A leftover verification MX"),
        new("mx-partly-tested", "5321 §5.1", "Not all MX hosts or addresses were tested"),
        // MX transport
        new("smtp-unreachable", "5321 §5.1", "An MX host could not be reached"),
        new("smtp-blocked-us", "5321 §3.1", "An MX host turned us away"),
        new("smtp-greylisted", "5321 §4.2.1", "An MX host asks to come back later"),
        new("smtp-slow-greet", "5321 §4.5.3.2", "An MX host greets slowly"),
        new("starttls-missing", "8461 §4.2", "An MX host does not offer STARTTLS"),
        new("starttls-hidden", "3207 §4", "STARTTLS works but is not offered"),
        new("starttls-handshake", "8461 §4.2", "The TLS handshake with an MX host fails"),
        new("cert-name", "8461 §4.2", "An MX host's certificate has another name"),
        new("cert-untrusted", "8461 §4.2", "An MX host's certificate is not trusted"),
        new("cert-self-signed", "8461 §4.2", "An MX host's certificate is self-signed"),
        new("cert-chain-incomplete", "8461 §4.2", "An MX host leaves out an intermediate certificate"),
        new("cert-chain-order", "8446 §4.4.2", "An MX host sends its chain in the wrong order"),
        new("cert-expired", "8461 §4.2", "An MX host's certificate has expired"),
        new("cert-expiring", "8461 §4.2", "An MX host's certificate expires soon"),
        new("cert-weak-key", "9325 §4.5", "An MX host's key is weak"),
        new("cert-sha1", "9325 §4.5", "An MX host's chain is signed with SHA-1 or MD5"),
        new("cert-eku", "5280 §4.2.1.12", "An MX host's certificate is not for servers"),
        new("cert-ku", "5280 §4.2.1.3", "An MX host's key usage does not fit TLS"),
        new("cert-signature", "5280 §6.1", "A signature in an MX host's chain is wrong"),
        new("cert-oversized", "5280 §6.1", "An MX host's chain is too long, or a key in it too large"),
        new("tls-version", "8996 §4", "An MX host still speaks old TLS"),
        new("tls12-missing", "8461 §7.2", "An MX host speaks only old TLS"),
        new("tls13", "8446", "TLS 1.3 on the MX hosts"),
        new("per-address-variance", "8461 §8.4", "The addresses of an MX host differ"),
        new("per-mx-variance", "8461 §8.4", "The MX hosts differ"),
        new("sni-dependence", "8461 §7.1", "The certificate depends on SNI"),
        new("mx-refuses-plaintext", "3207 §4", "An MX host insists on TLS"),
        // TLS report record, DANE, combination
        new("rpt-missing", "8460 §3", "No TLS report record"),
        new("rpt-multiple", "8460 §3", "Several TLS report records"),
        new("rpt-wrong-place", "8460 §3", "TLS report record at the wrong name"),
        new("rpt-is-spf", "8460 §3", "The report record's name answers with SPF"),
        new("rpt-version", "8460 §3", "Version missing, wrong or not first in the report record"),
        new("rpt-syntax", "8460 §3", "The report record breaks the grammar"),
        new("rpt-unknown-tag", "8460 §3", "Unknown fields in the report record"),
        new("rpt-dup-tag", "8460 §3", "A field appears twice in the report record"),
        new("rpt-rua-missing", "8460 §3", "No address for reports"),
        new("rpt-rua-bad-uri", "8460 §3", "A report address is no usable URI"),
        new("rpt-rua-bad-mailto", "8460 §3", "A report mail address is malformed"),
        new("rpt-rua-bad-https", "8460 §3", "A report web address is malformed"),
        new("rpt-rua-many", "8460 §3", "Several report addresses"),
        new("rpt-rua-dup", "8460 §3", "A report address is listed twice"),
        new("rpt-rua-not-ours", "8460 §7", "Reports go to another organisation"),
        new("rpt-rua-unreachable", "8460 §5", "A report address cannot take reports"),
        new("rpt-rua-self-lock", "8460 §5.3", "The report mailbox sits behind the failing MX"),
        new("dane-present", "7672 §2.2", "DANE on the MX hosts"),
        new("dane-dnssec-bogus", "7672 §2.1.2", "TLSA records cannot be validated"),
        new("dane-params", "7672 §3.1", "TLSA records with unusable or unwise parameters"),
        new("dane-mismatch", "7672 §2.2", "TLSA records do not match the certificate"),
        new("dane-no-rollover", "7671 §8", "TLSA records that match nothing presented"),
        new("dane-cert-usage-pkix", "7672 §3.1.3", "TLSA records of usage 0 or 1"),
        new("dane-sts-conflict", "8461 §2", "MTA-STS is valid but DANE fails"),
    ];

    private static readonly FrozenDictionary<string, FindingKind> ById = All.ToFrozenDictionary(
        k => k.Id,
        StringComparer.Ordinal
    );

    /// <summary>The kind with this id, which must exist.</summary>
    public static FindingKind Get(string id) => ById[id];
}
