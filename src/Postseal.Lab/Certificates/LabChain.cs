using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Postseal.Lab.Certificates;

/// <summary>A leaf with its private key and the certificates sent behind it, in that order.</summary>
/// <param name="leaf">With its key, RSA or ECDSA.</param>
/// <param name="issuer">Who signed it; itself if nobody else.</param>
/// <param name="others">Sent behind it.</param>
public sealed class LabChain(X509Certificate2 leaf, X509Certificate2 issuer, ImmutableArray<X509Certificate2> others)
    : IDisposable
{
    private const string RsaKey = "1.2.840.113549.1.1.1"; // RFC 8017 appendix C

    private readonly Lazy<SslStreamCertificateContext> _context = new(() =>
        SslStreamCertificateContext.Create(leaf, [.. others], offline: true)
    );

    /// <summary>With its private key.</summary>
    public X509Certificate2 Leaf => leaf;

    /// <summary>Who signed the leaf.</summary>
    public X509Certificate2 Issuer => issuer;

    /// <summary>Sent behind the leaf.</summary>
    public ImmutableArray<X509Certificate2> Others => others;

    /// <summary>For SslStream, which puts the chain into the right order by itself.</summary>
    public SslStreamCertificateContext Context => _context.Value;

    /// <summary>Whether the key is an RSA key.</summary>
    public bool IsRsa => leaf.PublicKey.Oid.Value == RsaKey;

    /// <summary>PKCS #8.</summary>
    public byte[] ExportPrivateKey()
    {
        using AsymmetricAlgorithm? key = leaf.GetECDsaPrivateKey() ?? (AsymmetricAlgorithm?)leaf.GetRSAPrivateKey();
        return key!.ExportPkcs8PrivateKey();
    }

    /// <inheritdoc/>
    public void Dispose() => leaf.Dispose();
}
