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
    /// <param name="others">Certificates that may be on it.</param>
    /// <param name="anchors">Where it should end. One that is not self-signed is only passed through.</param>
    /// <param name="now">Among issuers of the same name and key, one that is valid now is preferred.</param>
    public static CertificatePath Build(
        X509Certificate2 leaf,
        IEnumerable<X509Certificate2> others,
        X509Certificate2Collection anchors,
        DateTimeOffset now
    )
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(anchors);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // standard.md 8461-3.3-3
        chain.ChainPolicy.DisableCertificateDownloads = true; // standard.md 8461-4.2-2: what the handshake showed must be enough
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        foreach (var other in others)
            chain.ChainPolicy.ExtraStore.Add(other);

        try
        {
            chain.Build(leaf);
        }
        catch (CryptographicException) // a certificate so broken that OpenSSL gives up
        {
            return new([new Step(leaf.RawDataMemory, X509ChainStatusFlags.InvalidExtension)]);
        }

        var steps = chain
            .ChainElements.Select(e => new Step(e.Certificate.RawData, Union(e.ChainElementStatus) & ~NotAsked))
            .ToImmutableArray();
        foreach (var element in chain.ChainElements)
            element.Certificate.Dispose();

        return new(steps.IsEmpty ? [new Step(leaf.RawDataMemory, X509ChainStatusFlags.InvalidExtension)] : steps);
    }

    private static X509ChainStatusFlags Union(X509ChainStatus[] statuses) =>
        statuses.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
}
