using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Postseal.SystemTests.Sites;

namespace Postseal.SystemTests.Servers;

/// <summary>One issued certificate with its key and chain.</summary>
/// <param name="Pem">Key, leaf and, where the server sends one, the intermediate: the form nginx and Postfix both read.</param>
/// <param name="LeafKeyHash">SHA-256 of the leaf's public key: the data of TLSA <c>3 1 1</c>.</param>
/// <param name="IssuerKeyHash">SHA-256 of the issuer's public key: the data of TLSA <c>2 1 1</c>.</param>
public sealed record Issued(string Pem, string LeafKeyHash, string IssuerKeyHash);

/// <summary>A root and an intermediate for this run, and a stranger nobody trusts.</summary>
public sealed class PrivateCa : IDisposable
{
    private const string IssuerUrl = "http://ca.elsewhere.test/intermediate.cer";

    private readonly DateTimeOffset _now;
    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _intermediate;
    private readonly X509Certificate2 _stranger;

    public PrivateCa(DateTimeOffset now)
    {
        _now = now;
        _root = Authority("Postseal system test root", issuer: null);
        _intermediate = Authority("Postseal system test intermediate", _root);
        _stranger = Authority("A stranger's root", issuer: null);
    }

    /// <summary>The root, for <c>--ca-file</c>.</summary>
    public string RootPem => _root.ExportCertificatePem() + "\n";

    /// <summary>Issues a certificate for a host with the fault asked for.</summary>
    public Issued Issue(string host, CertificateKind kind)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Leaf(kind == CertificateKind.WrongName ? "www.elsewhere.test" : host, key);
        var end = _now.AddDays(kind == CertificateKind.Expired ? -30 : 90);
        var issuer = kind is CertificateKind.Untrusted ? _stranger : _intermediate;
        // Public CAs say where the issuer's certificate is, private ones seldom do; nobody may download it.
        if (issuer == _intermediate)
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, [IssuerUrl]));

        using var leaf =
            kind == CertificateKind.SelfSigned
                ? request.CreateSelfSigned(_now.AddDays(-60), end)
                : request.Create(issuer, _now.AddDays(-60), end, RandomNumberGenerator.GetBytes(16));
        var sendsIntermediate = kind is CertificateKind.Good or CertificateKind.Expired or CertificateKind.WrongName;
        var chain = sendsIntermediate ? _intermediate.ExportCertificatePem() + "\n" : "";
        return new(
            $"{key.ExportPkcs8PrivateKeyPem()}\n{leaf.ExportCertificatePem()}\n{chain}",
            KeyHash(leaf),
            KeyHash(kind == CertificateKind.SelfSigned ? leaf : issuer)
        );
    }

    public void Dispose()
    {
        _root.Dispose();
        _intermediate.Dispose();
        _stranger.Dispose();
    }

    private static CertificateRequest Leaf(string host, ECDsa key)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        return request;
    }

    private X509Certificate2 Authority(string name, X509Certificate2? issuer)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var (begin, end) = (_now.AddDays(-365), _now.AddDays(365));
        if (issuer is null)
            return request.CreateSelfSigned(begin, end);

        using var signed = request.Create(issuer, begin, end, RandomNumberGenerator.GetBytes(16));
        return signed.CopyWithPrivateKey(key);
    }

    private static string KeyHash(X509Certificate2 certificate) =>
        Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
}
