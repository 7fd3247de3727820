using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Postseal.Lab.Certificates;

/// <summary>A leaf with its private key and the certificates sent behind it, in that order.</summary>
internal sealed class LabChain(X509Certificate2 leaf, X509Certificate2 issuer, ImmutableArray<X509Certificate2> others)
    : IDisposable
{
    private readonly Lazy<SslStreamCertificateContext> _context = new(() =>
        SslStreamCertificateContext.Create(leaf, [.. others], offline: true)
    );

    public X509Certificate2 Leaf => leaf;

    public X509Certificate2 Issuer => issuer;

    public ImmutableArray<X509Certificate2> Others => others;

    /// <summary>For SslStream, which puts the chain into the right order by itself.</summary>
    public SslStreamCertificateContext Context => _context.Value;

    /// <summary>PKCS #8.</summary>
    public byte[] ExportPrivateKey()
    {
        using AsymmetricAlgorithm? key = leaf.GetECDsaPrivateKey() ?? (AsymmetricAlgorithm?)leaf.GetRSAPrivateKey();
        return key!.ExportPkcs8PrivateKey();
    }

    public void Dispose() => leaf.Dispose();
}
