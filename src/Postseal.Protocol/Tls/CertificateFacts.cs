using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Postseal.Protocol.Tls;

/// <summary>What one X.509 certificate says, as values: nothing is judged here. Text from it is hostile: escape before printing (<see cref="PrintableText"/>).</summary>
/// <param name="Subject">Subject distinguished name, as text, cut off at 1024 characters; never compared with a host name.</param>
/// <param name="Issuer">Issuer distinguished name, likewise.</param>
/// <param name="DnsNames">The dNSName entries of subjectAltName, as presented, at most <see cref="MaxDnsNames"/> of at most 253 characters each.</param>
/// <param name="NotBefore">Start of validity, UTC.</param>
/// <param name="NotAfter">End of validity, UTC; that second is still valid.</param>
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

    /// <summary>SubjectPublicKeyInfo as encoded, which a TLSA record with selector 1 is about (RFC 6698 §2.1.2); empty when the certificate cannot be read.</summary>
    public ReadOnlyMemory<byte> SubjectPublicKeyInfo => CertificateFields.Read(Der.AsMemory())?.SubjectPublicKeyInfo ?? default;

    /// <summary>Reads a certificate. One that our reader cannot follow gives placeholders: no names, and dates that are long past.</summary>
    public static CertificateFacts From(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return From(SentCertificate.Of(certificate));
    }

    /// <inheritdoc cref="From(X509Certificate2)"/>
    internal static CertificateFacts From(SentCertificate certificate) => From(certificate.Der, certificate.Fields);

    /// <inheritdoc cref="From(X509Certificate2)"/>
    internal static CertificateFacts From(ImmutableArray<byte> der) => From(der, CertificateFields.Read(der.AsMemory()));

    private static CertificateFacts From(ImmutableArray<byte> der, CertificateFields? fields)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(der.AsSpan()));
        if (fields is null)
            return new(
                DistinguishedName.Unreadable,
                DistinguishedName.Unreadable,
                [],
                DateTimeOffset.MinValue,
                DateTimeOffset.MinValue,
                DistinguishedName.Unreadable,
                0,
                DistinguishedName.Unreadable,
                sha256,
                der
            );

        var key = fields.Key;
        return new(
            fields.Subject.ToString(),
            fields.Issuer.ToString(),
            [.. fields.DnsNames.Take(MaxDnsNames)],
            fields.NotBefore,
            fields.NotAfter,
            key.Algorithm,
            key.Bits,
            Tls.SignatureAlgorithm.Name(fields.SignatureOid),
            sha256,
            der
        );
    }

    /// <summary>Same certificate: everything else follows from its bytes.</summary>
    public bool Equals(CertificateFacts? other) => other is not null && Der.AsSpan().SequenceEqual(other.Der.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Sha256.GetHashCode(StringComparison.Ordinal);
}
