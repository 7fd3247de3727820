using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Postseal.Benchmarks.World;

/// <summary>A root, an intermediate and a certificate per policy host, as public authorities issue them: P-256, one name each.</summary>
internal sealed class Certificates : IDisposable
{
    private readonly ECDsa _hostKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _intermediate;
    private readonly DateTimeOffset _from = TimeProvider.System.GetUtcNow().AddDays(-1);

    public Certificates()
    {
        _root = Authority("Bench Root", null, _from);
        _intermediate = Authority("Bench Intermediate", _root, _from);
    }

    public string RootPem => _root.ExportCertificatePem();

    /// <summary>One key for all hosts: making 2,000 would take longer, and nobody sees the difference.</summary>
    public string HostKeyPem => _hostKey.ExportPkcs8PrivateKeyPem();

    public string ChainPem(string host)
    {
        var request = new CertificateRequest($"CN={host}", _hostKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var leaf = request.Create(_intermediate, _from, _from.AddDays(90), RandomNumberGenerator.GetBytes(12));
        return $"{leaf.ExportCertificatePem()}\n{_intermediate.ExportCertificatePem()}\n";
    }

    public void Dispose()
    {
        _hostKey.Dispose();
        _root.Dispose();
        _intermediate.Dispose();
    }

    private static X509Certificate2 Authority(string name, X509Certificate2? issuer, DateTimeOffset from)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        if (issuer is null)
            return request.CreateSelfSigned(from, from.AddDays(365));

        using var certificate = request.Create(issuer, from, from.AddDays(300), RandomNumberGenerator.GetBytes(12));
        return certificate.CopyWithPrivateKey(key);
    }
}
