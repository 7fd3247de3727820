using System.Collections.Immutable;

namespace Postseal.Protocol.Tls;

/// <summary>
/// Which of the certificates that a server sent may be on the path of its leaf, chosen by their names before any signature is verified: verifying is
/// work, and how much of it is the server's choice.
/// </summary>
/// <param name="Issuers">Those worth verifying, nearest to the leaf first.</param>
/// <param name="IsBeyond">The names lead on, to more issuers than <see cref="MaxPath"/> in a row or to one whose key is beyond bounds.</param>
internal sealed record ChainCandidates(ImmutableArray<SentCertificate> Issuers, bool IsBeyond)
{
    /// <summary>Issuers between the leaf and the end of its path. Real paths have one to four; Postfix stops at nine (smtp_tls_scert_verifydepth).</summary>
    public const int MaxPath = 8;

    /// <summary>Issuers offered to the path builder, cross-signed ones and bystanders of the same name among them.</summary>
    public const int MaxIssuers = 2 * MaxPath;

    /// <summary>Chooses.</summary>
    /// <param name="leaf">Where the path starts. Its own key verifies nothing on the path.</param>
    /// <param name="sent">What came with it, in the order sent; bounded by the caller.</param>
    public static ChainCandidates Of(SentCertificate leaf, IEnumerable<SentCertificate> sent)
    {
        var rest = sent.Where(c => c.Fields is not null).ToList();
        var issuers = ImmutableArray.CreateBuilder<SentCertificate>();
        // Whether or not our reading of names leads to them, the TLS library may have followed them: where no anchor is found, they are what the chain is for.
        var isBeyond = rest.Count > MaxIssuers || rest.Any(c => !c.Fields!.Key.IsVerifiable);
        var wanted = Names([leaf.Fields]);
        for (var level = 0; wanted.Count > 0; level++)
        {
            var next = rest.Where(c => wanted.Contains(Canonical(c.Fields!.Subject))).ToList();
            rest.RemoveAll(next.Contains);
            var usable = next.Where(c => c.Fields!.Key.IsVerifiable).ToList();
            isBeyond |= usable.Count < next.Count;
            // A root sent along after the last issuer is an anchor or nothing: it adds no step.
            var steps = usable.Where(c => level < MaxPath || c.Fields!.IsSelfIssued).Take(MaxIssuers - issuers.Count).ToList();
            isBeyond |= steps.Count < usable.Count;
            issuers.AddRange(steps);
            wanted = Names(steps.Select(c => c.Fields));
        }

        return new(issuers.ToImmutable(), isBeyond);
    }

    private static HashSet<string> Names(IEnumerable<CertificateFields?> certificates) =>
        [.. certificates.OfType<CertificateFields>().Select(c => Canonical(c.Issuer))];

    /// <summary>At least as lenient as the platform's own comparison (RFC 5280 §7.1): without regard to case, blanks of any kind and quotes, whatever the
    /// string type. To choose one too many is harmless.</summary>
    private static string Canonical(DistinguishedName name) =>
        string.Concat(name.ToString().Where(c => !char.IsWhiteSpace(c) && c != '"')).ToUpperInvariant();
}
