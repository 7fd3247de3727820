using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Postseal.Protocol.Tls;

/// <summary>
/// The path from a leaf towards an anchor as the platform builds it (RFC 5280 §6), with what it has against each certificate. Nothing is downloaded.
/// Dates are left to the reader: the platform names them only for some of the paths it cannot finish.
/// </summary>
/// <param name="Steps">Leaf first; never empty.</param>
/// <param name="IsBeyond">The path has more issuers than are followed, or has no anchor and was not followed to its end: <see cref="ChainCandidates.IsBeyond"/>.</param>
internal sealed record CertificatePath(ImmutableArray<CertificatePath.Step> Steps, bool IsBeyond)
{
    private const X509ChainStatusFlags NotAsked =
        X509ChainStatusFlags.NotTimeValid
        | X509ChainStatusFlags.NotTimeNested
        | X509ChainStatusFlags.RevocationStatusUnknown
        | X509ChainStatusFlags.OfflineRevocation;

    /// <summary>One certificate of the path.</summary>
    /// <param name="Der">The certificate.</param>
    /// <param name="Fields">What it says; null when it cannot be read.</param>
    /// <param name="Faults">Union of the platform's objections to it, without dates.</param>
    public sealed record Step(ReadOnlyMemory<byte> Der, CertificateFields? Fields, X509ChainStatusFlags Faults);

    /// <summary>All objections, wherever they lie.</summary>
    public X509ChainStatusFlags Faults => Steps.Aggregate(X509ChainStatusFlags.NoError, (all, step) => all | step.Faults);

    /// <summary>Builds the path.</summary>
    /// <param name="leaf">Where it starts.</param>
    /// <param name="others">Certificates that may be on it; their number is bounded by the caller.</param>
    /// <param name="anchors">Where it should end. One that is not self-signed is only passed through.</param>
    /// <param name="now">Among issuers of the same name and key, one that is valid now is preferred.</param>
    public static CertificatePath Build(
        SentCertificate leaf,
        IEnumerable<SentCertificate> others,
        X509Certificate2Collection anchors,
        DateTimeOffset now
    )
    {
        var candidates = ChainCandidates.Of(leaf, others);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Eligible(anchors, [leaf, .. candidates.Issuers]));
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // standard.md 8461-3.3-3
        chain.ChainPolicy.DisableCertificateDownloads = true; // standard.md 8461-4.2-2: what the handshake showed must be enough
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.ExtraStore.AddRange(candidates.Issuers.Select(c => c.Certificate).ToArray());

        try
        {
            chain.Build(leaf.Certificate);
        }
        catch (CryptographicException) // a certificate so broken that OpenSSL gives up
        {
            return new([Broken(leaf)], candidates.IsBeyond);
        }

        var steps = AsSent(chain.ChainElements, leaf, candidates.Issuers, anchors);
        foreach (var element in chain.ChainElements)
            element.Certificate.Dispose();

        if (steps.IsEmpty)
            return new([Broken(leaf)], candidates.IsBeyond);

        var isOpen = steps.Any(s => (s.Faults & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0);
        var isLong = steps.Length > ChainCandidates.MaxPath + 2; // the leaf, the issuers, and an anchor of the store's
        return new(steps, (candidates.IsBeyond && isOpen) || isLong);
    }

    private static Step Broken(SentCertificate leaf) =>
        new(leaf.Der.AsMemory(), leaf.Fields, X509ChainStatusFlags.InvalidExtension);

    /// <summary>
    /// The path as far as it consists of what was sent and of anchors. The platform adds intermediates that any program of this user has ever downloaded,
    /// also where only our own roots are trusted: another sender has not got them, and whoever can fill that store must not decide. Where such a one took
    /// the place of one that was sent, with its name and key (another date, say), the one sent counts.
    /// </summary>
    private static ImmutableArray<Step> AsSent(
        X509ChainElementCollection elements,
        SentCertificate leaf,
        IReadOnlyList<SentCertificate> sent,
        X509Certificate2Collection anchors
    )
    {
        var steps = ImmutableArray.CreateBuilder<Step>();
        foreach (var element in elements)
        {
            var certificate = element.Certificate;
            var counted =
                sent.Prepend(leaf).FirstOrDefault(c => IsSame(c.Certificate, certificate))
                ?? (anchors.FirstOrDefault(a => IsSame(a, certificate)) is { } anchor ? SentCertificate.Of(anchor) : null)
                ?? sent.FirstOrDefault(c => IsSameIssuer(c, certificate));
            if (counted is not null)
            {
                steps.Add(new(counted.Der.AsMemory(), counted.Fields, Objections(element, anchors)));
                continue;
            }

            if (steps.Count > 0)
                steps[^1] = steps[^1] with { Faults = steps[^1].Faults | X509ChainStatusFlags.PartialChain };

            break;
        }

        return steps.ToImmutable();
    }

    // Compared by all bytes: Contains() looks at issuer and serial number, which anyone can copy.
    private static bool IsSame(X509Certificate2 one, X509Certificate2 other) =>
        one.RawDataMemory.Span.SequenceEqual(other.RawDataMemory.Span);

    private static bool IsSameIssuer(SentCertificate one, X509Certificate2 other) =>
        one.Certificate.SubjectName.RawData.AsSpan().SequenceEqual(other.SubjectName.RawData)
        && one.Fields is { } a
        && CertificateFields.Read(other.RawDataMemory) is { } b
        && a.SubjectPublicKeyInfo.Span.SequenceEqual(b.SubjectPublicKeyInfo.Span);

    /// <summary>Copying a whole trust store into each chain costs more than the rest of the work, so only roots that bear the name of an issuer go in.
    /// Where none does, or an anchor could lead to another one, all do: the platform compares names more leniently than their text.</summary>
    private static X509Certificate2Collection Eligible(X509Certificate2Collection anchors, IEnumerable<SentCertificate> presented)
    {
        var issuers = presented
            .Select(c => c.Fields?.Issuer.ToString())
            .OfType<string>()
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var named = anchors.Where(a => issuers.Contains(a.Subject)).ToArray();
        return named.Length > 0 && named.All(a => a.Subject == a.Issuer) ? [.. named] : anchors;
    }

    private static X509ChainStatusFlags Objections(X509ChainElement element, X509Certificate2Collection anchors)
    {
        var faults =
            element.ChainElementStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status) & ~NotAsked;

        // The platform overlooks a trusted self-signed leaf when another anchor has the same name.
        var isUntrusted = (faults & X509ChainStatusFlags.UntrustedRoot) != 0;
        if (isUntrusted && anchors.Any(a => IsSame(a, element.Certificate)))
            faults &= ~X509ChainStatusFlags.UntrustedRoot;

        return faults;
    }
}
