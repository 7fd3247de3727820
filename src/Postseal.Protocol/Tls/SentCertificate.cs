using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace Postseal.Protocol.Tls;

/// <summary>A certificate for the platform's path builder, together with what it says: read once for all that looks at it.</summary>
/// <param name="Certificate">Not disposed here.</param>
/// <param name="Fields">What it says; null when it cannot be read.</param>
internal sealed record SentCertificate(X509Certificate2 Certificate, CertificateFields? Fields)
{
    /// <summary>Reads it.</summary>
    public static SentCertificate Of(X509Certificate2 certificate)
    {
        ImmutableArray<byte> der = [.. certificate.RawDataMemory.Span]; // fields point into it and may outlive the certificate
        return new(certificate, CertificateFields.Read(der.AsMemory())) { Der = der };
    }

    /// <summary>Its encoding.</summary>
    public ImmutableArray<byte> Der { get; private init; }
}
