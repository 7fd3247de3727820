using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Protocol.Tls;

namespace Postseal.Checks.Rules;

/// <summary>The certificates of the MX hosts (RFC 8461 §4.2). Without TLS there is nothing to say; where DANE or nobody checks them, faults are facts.</summary>
public static class MxCertificates
{
    /// <summary>A certificate with less time left than this should have been renewed: automatic renewal begins a month ahead.</summary>
    public static readonly TimeSpan ExpiringSoon = TimeSpan.FromDays(14);

    /// <summary>No name of the certificate is the host's.</summary>
    public static IEnumerable<Finding> Name(DomainFacts facts) =>
        On(facts, CertificateProblem.Name)
            .Select(c =>
                c.Finding(
                    "cert-name",
                    c.Leaf.DnsNames.IsDefaultOrEmpty
                        ? $"The certificate of {c.Host} carries no DNS name at all"
                        : $"The certificate of {c.Host} is for other names ({Wording.Series(c.Leaf.DnsNames)})",
                    $"Install a certificate that has {c.Host} among its names (subjectAltName)."
                )
            );

    /// <summary>Out of date.</summary>
    public static IEnumerable<Finding> Expired(DomainFacts facts) =>
        On(facts, CertificateProblem.Expired)
            .Select(c =>
                c.Finding(
                    "cert-expired",
                    c.Leaf.NotAfter < facts.CheckedAt
                        ? $"The certificate of {c.Host} expired on {Wording.Day(c.Leaf.NotAfter)}"
                        : $"A certificate in the chain of {c.Host} has expired",
                    "Renew it, reload the mail server, and find out why it was not renewed by itself."
                )
            );

    /// <summary>No path to a trusted root, for a reason that has no finding of its own.</summary>
    public static IEnumerable<Finding> Untrusted(DomainFacts facts) =>
        Cases(facts, c => Distrust(c) is not null)
            .Select(c =>
                Distrust(c.Chain) switch
                {
                    CertificateProblem.NotYetValid => c.Finding(
                        "cert-untrusted",
                        $"The certificate of {c.Host} is not valid yet (from {Wording.Day(c.Chain.Certificates.Max(x => x.NotBefore))})",
                        "Check the clock of the machine that made the certificate, or install the one that is valid now."
                    ),
                    CertificateProblem.Constraints => c.Finding(
                        "cert-untrusted",
                        $"A rule inside the certificate chain of {c.Host} forbids its use for this name",
                        "Get a certificate from an authority that may issue for this name."
                    ),
                    _ => c.Finding(
                        "cert-untrusted",
                        $"The certificate of {c.Host} comes from an authority that senders do not trust ({Wording.Quote(c.Last.Issuer)})",
                        "Get a certificate from a public authority, for example Let's Encrypt."
                    ),
                }
            );

    /// <summary>Self-signed.</summary>
    public static IEnumerable<Finding> SelfSigned(DomainFacts facts) =>
        On(facts, CertificateProblem.SelfSigned)
            .Select(c =>
                c.Finding(
                    "cert-self-signed",
                    $"The certificate of {c.Host} is self-signed",
                    "Get a certificate from a public authority, for example Let's Encrypt."
                )
            );

    /// <summary>An intermediate is missing.</summary>
    public static IEnumerable<Finding> Incomplete(DomainFacts facts) =>
        On(facts, CertificateProblem.ChainIncomplete)
            .Select(c =>
                c.Finding(
                    "cert-chain-incomplete",
                    $"{c.Host} leaves out the intermediate certificate ({Wording.Quote(c.Last.Issuer)})",
                    "Install the full chain, not the certificate alone (certbot: fullchain.pem instead of cert.pem)."
                )
            );

    /// <summary>A signature that does not verify.</summary>
    public static IEnumerable<Finding> Signature(DomainFacts facts) =>
        On(facts, CertificateProblem.Signature)
            .Select(c =>
                c.Finding(
                    "cert-signature",
                    $"A signature in the certificate chain of {c.Host} is wrong",
                    "Install the certificate and its chain again, as issued."
                )
            );

    /// <summary>More than anybody verifies.</summary>
    public static IEnumerable<Finding> Oversized(DomainFacts facts) =>
        On(facts, CertificateProblem.Oversized)
            .Select(c =>
                c.Finding(
                    "cert-oversized",
                    $"The certificate chain of {c.Host} is longer, or a key in it larger, than mail servers verify",
                    "Get a certificate from a public authority: two or three issuers, RSA keys up to 4096 bits or elliptic curves."
                )
            );

    /// <summary>Not meant for servers.</summary>
    public static IEnumerable<Finding> ExtendedKeyUsage(DomainFacts facts) =>
        On(facts, CertificateProblem.ExtendedKeyUsage)
            .Select(c =>
                c.Finding(
                    "cert-eku",
                    $"The certificate of {c.Host} is not issued for servers (extended key usage)",
                    "Get a certificate for server authentication (serverAuth)."
                )
            );

    /// <summary>Weaknesses that senders put up with.</summary>
    public static IEnumerable<Finding> Remarks(DomainFacts facts) =>
        On(facts, CertificateProblem.ChainOrder)
            .Select(c =>
                c.Remark(
                    "cert-chain-order",
                    $"{c.Host} sends its certificates in the wrong order, which some older senders cannot sort out.",
                    "Put them in one file: the server's own first, then each issuer (certbot: fullchain.pem)."
                )
            )
            .Concat(
                On(facts, CertificateProblem.WeakKey)
                    .Select(c =>
                        c.Remark(
                            "cert-weak-key",
                            $"The key of {c.Host} is weak ({Wording.Quote(c.Leaf.KeyAlgorithm)}, {Wording.Number(c.Leaf.KeyBits)} bits).",
                            "Make a new key: RSA with 2048 bits or more, or ECDSA P-256."
                        )
                    )
            )
            .Concat(
                On(facts, CertificateProblem.Sha1)
                    .Select(c =>
                        c.Remark(
                            "cert-sha1",
                            $"The certificate chain of {c.Host} is signed with SHA-1 or MD5, which many senders no longer accept.",
                            "Get a new certificate; every public authority signs with SHA-256 or better."
                        )
                    )
            )
            .Concat(
                On(facts, CertificateProblem.KeyUsage)
                    .Select(c =>
                        c.Remark(
                            "cert-ku",
                            $"The key usage in the certificate of {c.Host} does not fit TLS.",
                            "Get a certificate whose key usage has digitalSignature."
                        )
                    )
            );

    /// <summary>Little time left.</summary>
    public static IEnumerable<Finding> Expiring(DomainFacts facts) =>
        Cases(
                facts,
                chain =>
                    !chain.Problems.Contains(CertificateProblem.Expired) && chain.Leaf.NotAfter - facts.CheckedAt < ExpiringSoon
            )
            .Select(c =>
                c.Remark(
                    "cert-expiring",
                    $"The certificate of {c.Host} expires on {Wording.Day(c.Leaf.NotAfter)}.",
                    "Renew it now, and find out why it was not renewed by itself."
                )
            );

    /// <summary>Hosts whose certificates are good at every address.</summary>
    public static IEnumerable<Finding> Good(DomainFacts facts) =>
        from host in facts.Hosts
        let chains = host.Sessions.Select(MxTransport.Chain).OfType<PresentedChain>().ToList()
        where chains.Count > 0 && chains.All(c => c.IsValid)
        let first = chains.MinBy(c => c.Leaf.NotAfter)!.Leaf
        select Finding.Of(
            "cert-name",
            Level.Ok,
            host.Host.Name.Value,
            $"The certificate of {host.Host.Name} is valid until {Wording.Day(first.NotAfter)} (issued by {Wording.Quote(first.Issuer)}).",
            null,
            ("notAfter", Wording.Day(first.NotAfter)),
            ("issuer", first.Issuer)
        );

    // A fault with its own name explains the missing trust; saying both would be two accusations for one cause.
    private static CertificateProblem? Distrust(PresentedChain chain)
    {
        var named = chain.Problems.Any(p =>
            p is CertificateProblem.SelfSigned or CertificateProblem.ChainIncomplete or CertificateProblem.Signature
        );
        return chain
            .Problems.Where(p =>
                p is CertificateProblem.NotYetValid or CertificateProblem.Constraints
                || (p is CertificateProblem.Untrusted && !named)
            )
            .Select(p => (CertificateProblem?)p)
            .FirstOrDefault();
    }

    private static IEnumerable<Case> On(DomainFacts facts, CertificateProblem problem) =>
        Cases(facts, c => c.Problems.Contains(problem));

    private static IEnumerable<Case> Cases(DomainFacts facts, Func<PresentedChain, bool> shows) =>
        from host in facts.Hosts
        let stakes = Stakes.Of(host, facts.Sts.Lookup)
        from place in PerAddress.Where(host, MxTransport.IsEstablished, s => shows(MxTransport.Chain(s)!))
        select new Case(host.Host.Name.Value, stakes, place, MxTransport.Chain(place.Sessions[0])!);

    /// <summary>One faulty chain at one place.</summary>
    private sealed record Case(string Host, Stakes Stakes, Place Place, PresentedChain Chain)
    {
        public CertificateFacts Leaf => Chain.Leaf;

        /// <summary>Where the presented chain ends; its issuer is what is missing or not trusted.</summary>
        public CertificateFacts Last => Chain.Certificates[^1];

        /// <summary>A fault that PKIX refuses; what follows from it completes the sentence.</summary>
        public Finding Finding(string id, string fault, string remedy) =>
            Findings.Finding.Of(id, Stakes.BadChain, Place.Subject, $"{fault}, {Stakes.BadChainMeans}", remedy, Evidence());

        /// <summary>A weakness that nobody refuses.</summary>
        public Finding Remark(string id, string summary, string remedy) =>
            Findings.Finding.Of(id, Stakes.Remark, Place.Subject, summary, remedy, Evidence());

        private (string, string)[] Evidence() =>
            [
                ("addresses", Place.Addresses),
                ("subject", Leaf.Subject),
                ("issuer", Leaf.Issuer),
                ("names", Wording.Joined(Leaf.DnsNames.IsDefault ? [] : Leaf.DnsNames)),
                ("notBefore", Wording.Day(Leaf.NotBefore)),
                ("notAfter", Wording.Day(Leaf.NotAfter)),
                ("problems", Wording.Joined(Chain.Problems.Select(p => p.ToWire()))),
                ("sha256", Leaf.Sha256),
            ];
    }
}
