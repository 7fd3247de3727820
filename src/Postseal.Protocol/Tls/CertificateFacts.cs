using System.Collections.Immutable;

namespace Postseal.Protocol.Tls;

/// <summary>What one X.509 certificate says, as values: nothing is judged here.</summary>
/// <param name="Subject">Subject distinguished name, as text; never compared with a host name.</param>
/// <param name="Issuer">Issuer distinguished name, as text.</param>
/// <param name="DnsNames">The dNSName entries of subjectAltName, as presented, at most <see cref="MaxDnsNames"/>.</param>
/// <param name="NotBefore">Start of validity.</param>
/// <param name="NotAfter">End of validity.</param>
/// <param name="KeyAlgorithm">For example <c>RSA</c> or <c>ECDSA</c>.</param>
/// <param name="KeyBits">Key size in bits; 0 when it cannot be told.</param>
/// <param name="SignatureAlgorithm">For example <c>sha256RSA</c>.</param>
/// <param name="Sha256">SHA-256 of the DER form, lower-case hex.</param>
/// <param name="Der">The certificate itself.</param>
public sealed record CertificateFacts(
    string Subject,
    string Issuer,
    ImmutableArray<string> DnsNames,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    string KeyAlgorithm,
    int KeyBits,
    string SignatureAlgorithm,
    string Sha256,
    ImmutableArray<byte> Der
)
{
    /// <summary>Names kept per certificate. Large hosters list hundreds; a certificate with more is read, its surplus names still match.</summary>
    public const int MaxDnsNames = 1000;
}
