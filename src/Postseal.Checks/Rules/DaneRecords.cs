using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Protocol.Dane;
using Postseal.Protocol.MtaSts;
using Postseal.Protocol.Tls;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Decisions;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;
using Postseal.Resolver.Sts;

namespace Postseal.Checks.Rules;

/// <summary>TLSA records of the MX hosts (RFC 7672, RFC 7671).</summary>
public static class DaneRecords
{
    // All reason codes of a TLSA mismatch begin like this (D-RES-6).
    private const string MismatchPrefix = "dane-";

    /// <summary>Which hosts DANE protects.</summary>
    public static IEnumerable<Finding> Present(DomainFacts facts)
    {
        if (facts.Mx is not MxLookup.Hosts mx || facts.Hosts.Count == 0)
            yield break;

        var usable = facts.Hosts.Where(h => h.Dane is DaneLookup.Usable).ToList();
        var domain = facts.Domain.Value;
        if (usable.Count == 0)
        {
            // Failed and unusable records have findings of their own.
            if (facts.Hosts.All(h => h.Dane is DaneLookup.NotApplicable))
                yield return Finding.Of(
                    "dane-present",
                    Level.Ok,
                    domain,
                    "No MX host has TLSA records signed with DNSSEC, so DANE is not in use."
                );
            yield break;
        }

        var some = $"{Wording.Number(usable.Count)} of {Wording.Number(facts.Hosts.Count)} MX hosts have TLSA records";
        yield return (mx.Secure, usable.Count == facts.Hosts.Count, usable.Any(IsMismatched)) switch
        {
            (false, _, _) => Finding.Of(
                "dane-present",
                Level.Info,
                domain,
                $"{some}, but the MX records of {domain} are not signed (DNSSEC), so they do not protect the domain.",
                $"Sign {domain} with DNSSEC and have its parent zone publish the DS record."
            ),
            (_, true, false) => Finding.Of("dane-present", Level.Ok, domain, "DANE protects every MX host."),
            (_, true, true) => Finding.Of("dane-present", Level.Info, domain, $"{some}, but they do not match everywhere."),
            _ => Finding.Of("dane-present", Level.Info, domain, $"{some}; the others are not protected by DANE."),
        };
    }

    /// <summary>The TLSA look-up fails, so senders that check DANE treat the host as unreachable (RFC 7672 §2.1.2).</summary>
    public static IEnumerable<Finding> Unverifiable(DomainFacts facts) =>
        from host in facts.Hosts
        let failed = host.Dane as DaneLookup.Failed
        where failed is not null
        let isProven = failed.Failure is DnsFailure.Bogus or DnsFailure.ServFail or DnsFailure.AliasLoop
        select Finding.Of(
            "dane-dnssec-bogus",
            (isProven, host.Decision) switch
            {
                (false, _) => Level.Unknown,
                (true, Decision.Refuse { Row: "D-MX-2" }) => Level.Breaks,
                _ => Level.Warn,
            },
            host.Host.Name.Value,
            isProven
                ? $"The name servers of {host.Host.Name} give no answer about TLSA records that can be verified, so senders that check DANE skip this host."
                : $"The TLSA records of {host.Host.Name} could not be looked up.",
            isProven
                ? "Check the DNSSEC signatures of this zone, and that its name servers answer questions of type TLSA at all: "
                    + $"dig +dnssec {TlsaRecord.Labels(SmtpPort)}.{host.Host.Name} TLSA"
                : "Try again later.",
            ("failure", failed.Failure.ToString()),
            ("detail", failed.Detail)
        );

    /// <summary>Records that name a certificate which the server does not present.</summary>
    public static IEnumerable<Finding> Mismatch(DomainFacts facts) =>
        from host in facts.Hosts
        from place in PerAddress.Where(host, MxTransport.IsEstablished, IsMismatch)
        let reason = ((SessionVerdict.Avoid)place.Sessions[0].Verdict).ReasonCode
        let leaf = MxTransport.Chain(place.Sessions[0])!.Leaf
        select Finding.Of(
            "dane-mismatch",
            Level.Breaks,
            place.Subject,
            reason switch
            {
                "dane-name-mismatch" =>
                    $"The certificate of {host.Host.Name} comes from the right authority but is for other names, so senders that check DANE do not deliver to it.",
                "dane-expired" =>
                    $"The certificate of {host.Host.Name} is out of date, so senders that check DANE do not deliver to it.",
                "dane-chain" =>
                    $"The certificate of {host.Host.Name} does not chain up to the authority in its TLSA records, so senders that check DANE do not deliver to it.",
                _ =>
                    $"The certificate of {host.Host.Name} matches none of its TLSA records, so senders that check DANE do not deliver to it.",
            },
            reason is "dane-name-mismatch" or "dane-expired"
                ? $"Install a valid certificate for {host.Host.Name} from that authority."
                : $"Install the certificate that the records name, or publish this record and remove the wrong ones after its TTL:\n{Line(host, leaf)}",
            ("addresses", place.Addresses),
            ("reason", reason),
            ("tlsa", Wording.Joined(Records(host).Select(r => r.ToString()))),
            ("line", Line(host, leaf)),
            ("notBefore", Wording.Day(leaf.NotBefore)),
            ("sha256", leaf.Sha256)
        );

    /// <summary>MTA-STS would let mail pass, but DANE goes first (RFC 8461 §2).</summary>
    public static IEnumerable<Finding> Conflict(DomainFacts facts)
    {
        if (facts.Sts.Lookup is not StsLookup.Found { Policy: { Mode: not StsMode.None } policy })
            yield break;

        var hosts = facts
            .Hosts.Where(h =>
                policy.Covers(h.Host.Name) && h.Sessions.Any(s => IsMismatch(s) && MxTransport.Chain(s) is { IsValid: true })
            )
            .Select(h => h.Host.Name.Value)
            .ToList();
        if (hosts.Count > 0)
            yield return Finding.Of(
                "dane-sts-conflict",
                Level.Breaks,
                facts.Domain.Value,
                $"MTA-STS is in order for {Wording.Series(hosts)}, but senders that check DANE look at the TLSA records first, and these are wrong.",
                "Correct the TLSA records, or remove them and wait for their TTL; a good MTA-STS policy does not make up for them.",
                ("hosts", Wording.Joined(hosts))
            );
    }

    // The port that TLSA records of mail servers are published for (RFC 7672 §2.2.3).
    private const int SmtpPort = 25;

    /// <summary>All TLSA records of a host, usable or not, if DNSSEC vouches for them.</summary>
    internal static IReadOnlyList<TlsaRecord> Records(MxHostFacts host) =>
        host.Dane switch
        {
            DaneLookup.Usable usable => usable.Records,
            DaneLookup.Unusable unusable => unusable.Records,
            _ => [],
        };

    /// <summary>True for a session that a sender avoids because of TLSA records.</summary>
    internal static bool IsMismatch(SessionFacts session) =>
        MxTransport.IsEstablished(session)
        && session.Verdict is SessionVerdict.Avoid { ReasonCode: var code }
        && code.StartsWith(MismatchPrefix, StringComparison.Ordinal);

    private static bool IsMismatched(MxHostFacts host) => host.Sessions.Any(IsMismatch);

    // RFC 7672 §3.1 recommends 3 1 1: it survives a renewal that keeps the key.
    private static string Line(MxHostFacts host, CertificateFacts leaf)
    {
        var baseDomain = host.Dane is DaneLookup.Usable usable ? usable.BaseDomain : host.Host.Name;
        var record = TlsaRecord.For(leaf, TlsaRecord.DaneEe, selector: 1, matchingType: 1);
        return $"{TlsaRecord.Labels(SmtpPort)}.{baseDomain}. IN TLSA {record}";
    }
}
