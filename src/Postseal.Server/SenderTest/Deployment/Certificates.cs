using Postseal.Lab.Certificates;
using Postseal.Lab.Domains;

namespace Postseal.Server.SenderTest.Deployment;

/// <summary>What kind of certificate a case shows, and so where a public deployment gets it from.</summary>
internal enum CertificateKind
{
    /// <summary>A public authority's, for the host itself.</summary>
    Good,

    /// <summary>A public authority's, for other hosts.</summary>
    OtherName,

    /// <summary>A public authority's that has expired.</summary>
    Expired,

    /// <summary>Not to be had from a public authority.</summary>
    NotYetValid,

    /// <summary>One's own, which nobody trusts.</summary>
    Untrusted,
}

/// <summary>The two certificates that a deployment needs from a public authority. Two, because one must lack what the other has: a certificate for another name is good but for its name.</summary>
/// <param name="PolicyHosts">The names in the one that policy hosts show.</param>
/// <param name="MailHosts">The names in the one that mail servers show, also to a client that names none by SNI.</param>
internal sealed record Certificates(IReadOnlyList<string> PolicyHosts, IReadOnlyList<string> MailHosts)
{
    /// <summary>The names that these domains need.</summary>
    /// <param name="front">What mail servers are called that share an address.</param>
    public static Certificates Of(IEnumerable<LabDomain> domains, string front)
    {
        LabDomain[] all = [.. domains];
        var sites = all.SelectMany(d => d.Sites).Where(s => KindOf(s.Tls.Leaf) == CertificateKind.Good).Select(s => s.Host);
        var apart = all.SelectMany(Apart).ToHashSet(StringComparer.Ordinal);
        var mail = all.SelectMany(d => d.Receivers)
            .Where(r => r.OffersStartTls && KindOf(r.Tls.Leaf) is CertificateKind.Good or CertificateKind.Expired)
            .Select(r => r.Host)
            .Where(h => !apart.Contains(h));
        return new(
            [.. sites.Concat(apart).Distinct().Order(StringComparer.Ordinal)],
            [front, .. mail.Distinct().Order(StringComparer.Ordinal)]
        );
    }

    // Two servers of one domain must not be good for each other. A server that shows its certificate only to those who name it must not have it in
    // the one for everybody.
    private static IEnumerable<string> Apart(LabDomain domain)
    {
        string[] hosts = [.. domain.Receivers.Select(r => r.Host).Distinct()];
        var bySniOnly = domain.Receivers.Where(r => r.Tls.LeafWithoutSni is not null).Select(r => r.Host);
        return hosts is [var first, _, ..] ? bySniOnly.Prepend(first) : bySniOnly;
    }

    /// <summary>Of which kind it is.</summary>
    public static CertificateKind KindOf(Leaf leaf) =>
        leaf.Issuer != LeafIssuer.LabIntermediate ? CertificateKind.Untrusted
        : leaf.Until < TimeSpan.Zero ? CertificateKind.Expired
        : leaf.From > TimeSpan.Zero ? CertificateKind.NotYetValid
        : leaf.Names.IsEmpty ? CertificateKind.Good
        : CertificateKind.OtherName;
}
