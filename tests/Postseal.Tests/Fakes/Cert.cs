using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Postseal.Tests.Fakes;

/// <summary>What a test certificate shall say: <c>Cert.For("mx.example.com") with { NotAfter = … }</c>.</summary>
public sealed record Cert
{
    /// <summary>Subject distinguished name; the common name never matches a host by default.</summary>
    public string Subject { get; init; } = "CN=Server, O=Postseal Tests";

    /// <summary>dNSName entries; without any there is no subjectAltName.</summary>
    public IReadOnlyList<string> DnsNames { get; init; } = [];

    public DateTimeOffset NotBefore { get; init; } = TestCa.Now.AddDays(-30);

    public DateTimeOffset NotAfter { get; init; } = TestCa.Now.AddDays(60);

    /// <summary>RSA or ECDSA; a new P-256 key when null.</summary>
    public AsymmetricAlgorithm? Key { get; init; }

    /// <summary>Digest of the issuer's signature.</summary>
    public HashAlgorithmName Hash { get; init; } = HashAlgorithmName.SHA256;

    /// <summary>Extended key usages as object identifiers; none means no such extension.</summary>
    public IReadOnlyList<string> ExtendedKeyUsages { get; init; } = [ServerAuth];

    /// <summary>Key usage; null means no such extension.</summary>
    public X509KeyUsageFlags? KeyUsage { get; init; } = X509KeyUsageFlags.DigitalSignature;

    public bool IsAuthority { get; init; }

    /// <summary>Where the issuer's certificate is said to be (authority information access).</summary>
    public string? IssuerUrl { get; init; }

    /// <summary>Further extensions, also broken ones.</summary>
    public IReadOnlyList<X509Extension> Extensions { get; init; } = [];

    /// <summary>Big-endian serial number as encoded; random and positive when null.</summary>
    public byte[]? Serial { get; init; }

    /// <summary>Whether subject and authority key identifiers are there.</summary>
    public bool HasKeyIds { get; init; } = true;

    /// <summary>Extended key usage of servers.</summary>
    public const string ServerAuth = "1.3.6.1.5.5.7.3.1";

    /// <summary>Extended key usage of clients.</summary>
    public const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    /// <summary>A server certificate that is good for the names.</summary>
    public static Cert For(params string[] dnsNames) => new() { DnsNames = dnsNames };

    /// <summary>A certificate authority that is valid for ten years.</summary>
    public static Cert Authority(string subject) =>
        new()
        {
            Subject = subject,
            NotBefore = TestCa.Now.AddYears(-1),
            NotAfter = TestCa.Now.AddYears(9),
            ExtendedKeyUsages = [],
            KeyUsage = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign,
            IsAuthority = true,
        };

    /// <summary>Certifies <paramref name="key"/>.</summary>
    internal X509Certificate2 Sign(AsymmetricAlgorithm key, string issuer, AsymmetricAlgorithm issuerKey, byte[]? issuerKeyId)
    {
        var request = Request(key);
        if (issuerKeyId is not null && HasKeyIds)
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(issuerKeyId));

        var serial = Serial ?? [1, .. RandomNumberGenerator.GetBytes(8)];
        return request.Create(new X500DistinguishedName(issuer), Signer(issuerKey, Hash), NotBefore, NotAfter, serial);
    }

    internal static X509Certificate2 WithKey(X509Certificate2 certificate, AsymmetricAlgorithm key) =>
        key switch
        {
            RSA rsa => certificate.CopyWithPrivateKey(rsa),
            ECDsa ecdsa => certificate.CopyWithPrivateKey(ecdsa),
            _ => throw new ArgumentException("RSA or ECDSA", nameof(key)),
        };

    private CertificateRequest Request(AsymmetricAlgorithm key)
    {
        var subject = new X500DistinguishedName(Subject);
        var publicKey = key is RSA rsa ? new PublicKey(rsa) : new PublicKey((ECDsa)key);
        var request = new CertificateRequest(subject, publicKey, Hash, RSASignaturePadding.Pkcs1);
        var extensions = request.CertificateExtensions;
        extensions.Add(new X509BasicConstraintsExtension(IsAuthority, false, 0, critical: true));
        if (HasKeyIds)
            extensions.Add(new X509SubjectKeyIdentifierExtension(publicKey, critical: false));

        if (KeyUsage is { } usage)
            extensions.Add(new X509KeyUsageExtension(usage, critical: true));

        if (ExtendedKeyUsages.Count > 0)
            extensions.Add(new X509EnhancedKeyUsageExtension([.. ExtendedKeyUsages.Select(u => new Oid(u))], critical: false));

        if (IssuerUrl is not null)
            extensions.Add(new X509AuthorityInformationAccessExtension([], [IssuerUrl]));

        if (DnsNames.Count > 0)
            extensions.Add(SubjectAltName());

        foreach (var extension in Extensions)
            extensions.Add(extension);

        return request;
    }

    private X509Extension SubjectAltName()
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in DnsNames)
            names.AddDnsName(name);

        return names.Build();
    }

    private static X509SignatureGenerator Signer(AsymmetricAlgorithm key, HashAlgorithmName hash) =>
        (key, hash.Name) switch
        {
            (RSA rsa, _) => X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1),
            (ECDsa ecdsa, "SHA1") => new Sha1Signer(ecdsa),
            _ => X509SignatureGenerator.CreateForECDsa((ECDsa)key),
        };

    /// <summary>ecdsa-with-SHA1, which the platform does not sign certificates with any more.</summary>
    private sealed class Sha1Signer(ECDsa key) : X509SignatureGenerator
    {
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) =>
            [0x30, 0x09, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x01]; // SEQUENCE { 1.2.840.10045.4.1 }

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) =>
            key.SignData(data, HashAlgorithmName.SHA1, DSASignatureFormat.Rfc3279DerSequence);

        protected override PublicKey BuildPublicKey() => new(key);
    }
}
