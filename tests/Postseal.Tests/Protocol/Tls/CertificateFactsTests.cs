using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Postseal.Protocol.Tls;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Protocol.Tls;

public sealed class CertificateFactsTests : IDisposable
{
    private readonly TestCa _root = TestCa.Root();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Facts_are_what_the_certificate_says()
    {
        var certificate = _root.Issue(Cert.For("MX.example.com", "*.example.net"));
        var facts = CertificateFacts.From(certificate);
        Assert.Equal("CN=Server, O=Postseal Tests", facts.Subject);
        Assert.Equal("CN=Root, O=Postseal Tests", facts.Issuer);
        Assert.Equal(["MX.example.com", "*.example.net"], facts.DnsNames);
        Assert.Equal((TestCa.Now.AddDays(-30), TestCa.Now.AddDays(60)), (facts.NotBefore, facts.NotAfter));
        Assert.Equal(("ECDSA", 256, "sha256ECDSA"), (facts.KeyAlgorithm, facts.KeyBits, facts.SignatureAlgorithm));
        Assert.Equal(certificate.GetCertHashString(HashAlgorithmName.SHA256), facts.Sha256, ignoreCase: true);
        Assert.Equal(certificate.RawData, facts.Der);
        Assert.Equal(certificate.PublicKey.ExportSubjectPublicKeyInfo(), facts.SubjectPublicKeyInfo.ToArray());
    }

    [Fact]
    public void Dates_beyond_2050_are_read()
    {
        var end = new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);
        Assert.Equal(end, CertificateFacts.From(_root.Issue(Cert.For("mx.example.com") with { NotAfter = end })).NotAfter);
    }

    [Fact]
    public void Lengths_of_keys_are_told()
    {
        foreach (var bits in (int[])[1024, 2048, 3072])
        {
            using var rsa = RSA.Create(bits);
            AssertKey("RSA", bits, rsa);
        }

        foreach (
            var (curve, bits) in ((ECCurve, int)[])
                [(ECCurve.NamedCurves.nistP256, 256), (ECCurve.NamedCurves.nistP384, 384), (ECCurve.NamedCurves.nistP521, 521)]
        )
        {
            using var ecdsa = ECDsa.Create(curve);
            AssertKey("ECDSA", bits, ecdsa);
        }
    }

    [Fact]
    public void The_same_bytes_are_the_same_facts()
    {
        var certificate = _root.Issue(Cert.For("mx.example.com"));
        using var again = X509CertificateLoader.LoadCertificate(certificate.RawData);
        Assert.Equal(CertificateFacts.From(certificate), CertificateFacts.From(again));
        Assert.Equal(CertificateFacts.From(certificate).GetHashCode(), CertificateFacts.From(again).GetHashCode());
        Assert.NotEqual(CertificateFacts.From(certificate), CertificateFacts.From(_root.Certificate));
    }

    private void AssertKey(string algorithm, int bits, AsymmetricAlgorithm key)
    {
        var facts = CertificateFacts.From(_root.Issue(Cert.For("mx.example.com") with { Key = key }));
        Assert.Equal((algorithm, bits), (facts.KeyAlgorithm, facts.KeyBits));
    }
}
