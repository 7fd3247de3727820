using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Postseal.Protocol.Tls;

/// <summary>
/// The path from a leaf towards an anchor as the platform builds it (RFC 5280 §6), with what it has against each certificate. Nothing is downloaded.
/// Dates are left to the reader: the platform names them only for some of the paths it cannot finish.
/// </summary>
/// <param name="Steps">Leaf first; never empty.</param>
internal sealed record CertificatePath(ImmutableArray<CertificatePath.Step> Steps)
{
    private const X509ChainStatusFlags NotAsked =
        X509ChainStatusFlags.NotTimeValid
        | X509ChainStatusFlags.NotTimeNested
        | X509ChainStatusFlags.RevocationStatusUnknown
        | X509ChainStatusFlags.OfflineRevocation;

    /// <summary>One certificate of the path.</summary>
    /// <param name="Der">The certificate.</param>
    /// <param name="Faults">Union of the platform's objections to it, without dates.</param>
    public sealed record Step(ReadOnlyMemory<byte> Der, X509ChainStatusFlags Faults)
    {
        /// <summary>What it says; null when it cannot be read.</summary>
        public CertificateFields? Fields { get; } = CertificateFields.Read(Der);
    }

    /// <summary>All objections, wherever they lie.</summary>
    public X509ChainStatusFlags Faults => Steps.Aggregate(X509ChainStatusFlags.NoError, (all, step) => all | step.Faults);

    /// <summary>Builds the path.</summary>
    /// <param name="leaf">Where it starts.</param>
    /// <param name="others">Certificates that may be on it; their number is bounded by the caller.</param>
    /// <param name="anchors">Where it should end. One that is not self-signed is only passed through.</param>
    /// <param name="now">Among issuers of the same name and key, one that is valid now is preferred.</param>
    public static CertificatePath Build(
        X509Certificate2 leaf,
        IReadOnlyCollection<X509Certificate2> others,
        X509Certificate2Collection anchors,
        DateTimeOffset now
    )
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Eligible(anchors, [leaf, .. others]));
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // standard.md 8461-3.3-3
        chain.ChainPolicy.DisableCertificateDownloads = true; // standard.md 8461-4.2-2: what the handshake showed must be enough
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.ExtraStore.AddRange(others.ToArray());

        try
        {
            chain.Build(leaf);
        }
        catch (CryptographicException) // a certificate so broken that OpenSSL gives up
        {
            return new([new Step(leaf.RawDataMemory, X509ChainStatusFlags.InvalidExtension)]);
        }

        var steps = chain.ChainElements.Select(e => new Step(e.Certificate.RawData, Objections(e, anchors))).ToImmutableArray();
        foreach (var element in chain.ChainElements)
            element.Certificate.Dispose();

        return new(steps.IsEmpty ? [new Step(leaf.RawDataMemory, X509ChainStatusFlags.InvalidExtension)] : steps);
    }

    /// <summary>Copying a whole trust store into each chain costs more than the rest of the work, so only roots that bear the name of an issuer go in.
    /// Where none does, or an anchor could lead to another one, all do: the platform compares names more leniently than their text.</summary>
    private static X509Certificate2Collection Eligible(
        X509Certificate2Collection anchors,
        IEnumerable<X509Certificate2> presented
    )
    {
        var issuers = presented
            .Select(c => CertificateFields.Read(c.RawDataMemory)?.Issuer.ToString())
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
        // Compared by all bytes: Contains() looks at issuer and serial number, which anyone can copy.
        var isUntrusted = (faults & X509ChainStatusFlags.UntrustedRoot) != 0;
        if (isUntrusted && anchors.Any(a => a.RawDataMemory.Span.SequenceEqual(element.Certificate.RawDataMemory.Span)))
            faults &= ~X509ChainStatusFlags.UntrustedRoot;

        return faults;
    }
}
