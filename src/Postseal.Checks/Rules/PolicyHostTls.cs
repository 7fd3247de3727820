using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Protocol.Tls;
using Postseal.Resolver.PolicyHost;

namespace Postseal.Checks.Rules;

/// <summary>TLS and certificate of the policy host: the same demands as a browser's, and no policy where they are not met (RFC 8461 §3.3).</summary>
public static class PolicyHostTls
{
    /// <summary>Less time left than this, and renewal should have happened: it usually begins a month ahead.</summary>
    public static readonly TimeSpan ExpiringSoon = TimeSpan.FromDays(14);

    // A certificate that lives for days only is renewed in the last third of its life.
    private const int RenewalFraction = 3;

    /// <summary>The one thing for which a sender would break off.</summary>
    public static IEnumerable<Finding> Handshake(DomainFacts facts)
    {
        if (facts.Sts.Fetch is not { Outcome: FetchOutcome.Failed failed } fetch)
            return [];

        var leaf = PolicyHostReach.Decisive(fetch)?.Chain?.Leaf;
        return failed.Failure switch
        {
            FetchFailure.TlsVersion => [Version(facts, failed)],
            FetchFailure.TlsAlert => [Alert(facts, failed)],
            FetchFailure.TlsHandshake => [NoCertificate(facts, failed)],
            FetchFailure.TlsName => [Name(facts, failed, leaf)],
            FetchFailure.TlsExpired => [Expired(facts, failed, leaf)],
            FetchFailure.TlsUntrusted => [Untrusted(facts, failed, PolicyHostReach.Decisive(fetch)?.Chain)],
            _ => [],
        };
    }

    /// <summary>The certificate is good, and for how long.</summary>
    public static IEnumerable<Finding> Validity(DomainFacts facts)
    {
        var chains = facts.Sts.Fetch?.Attempts.Select(a => a.Chain).OfType<PresentedChain>().Where(c => c.IsValid).ToList();
        if (chains is not { Count: > 0 })
            yield break;

        var host = PublishLines.PolicyHost(facts);
        var leaf = chains.Select(c => c.Leaf).MinBy(c => c.NotAfter)!;
        yield return leaf.NotAfter - facts.CheckedAt < Margin(leaf)
            ? Finding.Of(
                "host-tls-expiring",
                Level.Warn,
                host,
                $"The certificate of {host} expires on {Wording.Day(leaf.NotAfter)}. After that senders can no longer fetch the policy.",
                "Renew it now, and find out why it was not renewed by itself.",
                ("notAfter", Wording.Day(leaf.NotAfter)),
                ("issuer", leaf.Issuer)
            )
            : Finding.Of(
                "host-tls-name",
                Level.Ok,
                host,
                $"The certificate of {host} is valid until {Wording.Day(leaf.NotAfter)}.",
                null,
                ("notAfter", Wording.Day(leaf.NotAfter)),
                ("issuer", leaf.Issuer)
            );
    }

    private static TimeSpan Margin(CertificateFacts leaf) =>
        new(Math.Min(ExpiringSoon.Ticks, (leaf.NotAfter - leaf.NotBefore).Ticks / RenewalFraction));

    private static Finding Version(DomainFacts facts, FetchOutcome.Failed failed) =>
        PolicyHostReach.Lost(
            "host-tls-version",
            facts,
            failed,
            $"{PublishLines.PolicyHost(facts)} speaks only TLS 1.1 or older, which senders no longer use, so they cannot fetch the policy.",
            "Switch on TLS 1.2 and TLS 1.3 in the web server."
        );

    private static Finding Alert(DomainFacts facts, FetchOutcome.Failed failed)
    {
        var host = PublishLines.PolicyHost(facts);
        return PolicyHostReach.Lost(
            "host-tls-alert",
            facts,
            failed,
            $"The web server refuses the name {host}: it has no certificate for it. Senders cannot fetch the policy.",
            $"Set up {host} at the web server, with a certificate for that name.{PolicyHostReach.Stranger(facts)}"
        );
    }

    private static Finding NoCertificate(DomainFacts facts, FetchOutcome.Failed failed)
    {
        var host = PublishLines.PolicyHost(facts);
        return PolicyHostReach.Lost(
            "host-no-cert",
            facts,
            failed,
            $"{host} breaks off before it shows a certificate. Senders cannot fetch the policy.",
            $"Check that HTTPS is set up there, with a certificate for {host}.{PolicyHostReach.Stranger(facts)}"
        );
    }

    private static Finding Name(DomainFacts facts, FetchOutcome.Failed failed, CertificateFacts? leaf)
    {
        var host = PublishLines.PolicyHost(facts);
        var names = leaf is null || leaf.DnsNames.IsDefaultOrEmpty ? [] : leaf.DnsNames;
        return PolicyHostReach.Lost(
            "host-tls-name",
            facts,
            failed,
            names.Length == 0
                ? $"The certificate at {host} carries no DNS name at all. Senders do not fetch the policy."
                : $"The certificate at {host} is for other names ({Wording.Series(names)}). Senders do not fetch the policy.",
            $"Get a certificate that has {host} among its names (subjectAltName); one for {facts.Domain} alone does not cover it."
                + PolicyHostReach.Stranger(facts),
            ("names", Wording.Joined(names))
        );
    }

    private static Finding Expired(DomainFacts facts, FetchOutcome.Failed failed, CertificateFacts? leaf)
    {
        var host = PublishLines.PolicyHost(facts);
        var since =
            leaf is null ? "is out of date"
            : leaf.NotAfter < facts.CheckedAt ? $"expired on {Wording.Day(leaf.NotAfter)}"
            : leaf.NotBefore > facts.CheckedAt ? $"is not valid before {Wording.Day(leaf.NotBefore)}"
            : "has an issuer whose own certificate is out of date";
        return PolicyHostReach.Lost(
            "host-tls-expired",
            facts,
            failed,
            $"The certificate of {host} {since}. Senders do not fetch the policy.",
            "Renew it, reload the web server, and find out why it was not renewed by itself."
        );
    }

    private static Finding Untrusted(DomainFacts facts, FetchOutcome.Failed failed, PresentedChain? chain)
    {
        var host = PublishLines.PolicyHost(facts);
        var problems = chain?.Problems ?? [];
        var issuer = chain is null ? "" : $" ({Wording.Quote(chain.Certificates[^1].Issuer)})";
        var (id, summary, remedy) = problems switch
        {
            _ when problems.Contains(CertificateProblem.SelfSigned) => (
                "host-tls-self-signed",
                $"The certificate of {host} is self-signed, so senders do not fetch the policy.",
                $"Get a certificate for {host} from a public authority, for example Let's Encrypt."
            ),
            _ when problems.Contains(CertificateProblem.ChainIncomplete) => (
                "host-tls-incomplete-chain",
                $"{host} leaves out the intermediate certificate{issuer}. Browsers often fill the gap; mail senders do not, and fetch no policy.",
                "Install the full chain, not the certificate alone (certbot: fullchain.pem instead of cert.pem)."
            ),
            _ when problems.Contains(CertificateProblem.ExtendedKeyUsage) => (
                "host-tls-untrusted",
                $"The certificate of {host} is not issued for servers, so senders do not fetch the policy.",
                "Get a certificate for server authentication (serverAuth)."
            ),
            _ when problems.Contains(CertificateProblem.Oversized) => (
                "host-tls-untrusted",
                $"The certificate chain of {host} is longer, or a key in it larger, than senders verify. They do not fetch the policy.",
                "Get a certificate from a public authority: two or three issuers, RSA keys up to 4096 bits or elliptic curves."
            ),
            _ when problems.Contains(CertificateProblem.Signature) || problems.Contains(CertificateProblem.Constraints) => (
                "host-tls-untrusted",
                $"The certificate chain of {host} does not hold together, so senders do not fetch the policy.",
                "Install the certificate and its chain again, as issued; if that does not help, get them from another authority."
            ),
            _ => (
                "host-tls-untrusted",
                $"The certificate of {host} comes from an authority that senders do not trust{issuer}. They do not fetch the policy.",
                $"Get a certificate for {host} from a public authority, for example Let's Encrypt."
            ),
        };
        return PolicyHostReach.Lost(
            id,
            facts,
            failed,
            summary,
            remedy,
            ("problems", Wording.Joined(problems.Select(p => p.ToWire())))
        );
    }
}
