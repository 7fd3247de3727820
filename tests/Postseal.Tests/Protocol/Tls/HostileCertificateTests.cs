using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CsCheck;
using Postseal.Protocol;
using Postseal.Protocol.Dane;
using Postseal.Protocol.Tls;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Protocol.Tls;

/// <summary>Whatever a certificate holds, it is judged, in bounded time and without an exception.</summary>
public sealed class HostileCertificateTests : IDisposable
{
    private static readonly DomainName Host = DomainName.Parse("mx.example.com");

    private readonly TestCa _root = TestCa.Root();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void The_name_may_be_the_last_of_many()
    {
        string[] names = [.. Enumerable.Range(0, 4999).Select(i => $"host{i}.example.net"), Host.Value];
        var chain = Judge(_root.Issue(Cert.For(names)));
        Assert.Empty(chain.Problems);
        Assert.Equal(CertificateFacts.MaxDnsNames, chain.Leaf.DnsNames.Length);
    }

    [Fact]
    public void A_megabyte_of_names_is_read()
    {
        string[] names = [.. Enumerable.Range(0, 40_000).Select(i => $"a-rather-long-name-{i}.example.net")];
        Assert.Equal("name", Problems(Cert.For(names)));
    }

    [Fact]
    public void Names_that_cannot_be_names_are_left_out()
    {
        var chain = Judge(
            _root.Issue(
                new Cert
                {
                    Extensions = [Names(new string('a', 300), "mx.example.com\0.evil.test", "mx.exämple.com", "", "ok.test")],
                }
            )
        );
        Assert.Equal(["mx.example.com\0.evil.test", "mx.exämple.com", "ok.test"], chain.Leaf.DnsNames);
        Assert.Contains(CertificateProblem.Name, chain.Problems);
    }

    [Fact]
    public void A_broken_list_of_names_holds_none()
    {
        byte[] broken = [0x30, 0x20, 0x82, 0x0E, .. Encoding.ASCII.GetBytes(Host.Value), 0x82, 0x7F];
        Assert.Equal(
            "name constraints",
            Problems(new Cert { Extensions = [new X509Extension("2.5.29.17", broken, critical: false)] })
        );
    }

    [Fact]
    public void Odd_serial_numbers_are_none_of_our_business()
    {
        Assert.Equal("", Problems(Cert.For(Host.Value) with { Serial = [0xFF, 0x01] }));
        Assert.Equal("", Problems(Cert.For(Host.Value) with { Serial = [0] }));
        Assert.Equal("", Problems(Cert.For(Host.Value) with { Serial = [.. Enumerable.Repeat((byte)0x55, 64)] }));
    }

    [Fact]
    public void A_name_of_a_megabyte_is_cut_off_in_the_facts()
    {
        var subject = "CN=" + new string('x', 20_000) + ", O=\"\x1b[31m\"";
        Assert.InRange(Judge(_root.Issue(Cert.For(Host.Value) with { Subject = subject })).Leaf.Subject.Length, 1000, 1100);
    }

    [Fact]
    public void A_key_that_is_none_has_no_length()
    {
        var der = _root.Issue(Cert.For(Host.Value)).RawData;
        ReadOnlySpan<byte> start = [0x03, 0x42, 0x00, 0x04];
        var point = der.AsSpan().IndexOf(start);
        der[point + 3] = 9;
        var chain = JudgeDer(der);
        Assert.Equal(("ECDSA", 0), (chain.Leaf.KeyAlgorithm, chain.Leaf.KeyBits));
        Assert.False(chain.IsValid);
    }

    [Fact]
    public void Only_so_many_certificates_are_looked_at()
    {
        var leaf = _root.Issue(Cert.For(Host.Value));
        var chain = ChainJudge.Judge([.. Enumerable.Repeat(leaf, 500)], Host, _root.Roots, TestCa.Now);
        Assert.Equal(ChainJudge.MaxCertificates, chain.Certificates.Length);
    }

    [Fact]
    public void Two_authorities_that_certify_each_other_end_the_search()
    {
        using var one = TestCa.Root("One");
        using var two = TestCa.Root("Two");
        var chain = ChainJudge.Judge(
            [one.Issue(Cert.For(Host.Value)), one.CrossSignedBy(two), two.CrossSignedBy(one)],
            Host,
            _root.Roots,
            TestCa.Now
        );
        Assert.Contains(CertificateProblem.Untrusted, chain.Problems);
    }

    [Fact]
    public void Any_damage_to_a_certificate_is_judged_and_never_accepted()
    {
        var der = _root.Issue(Cert.For(Host.Value) with { IssuerUrl = "http://ca.example.net/" }).RawData;
        var damage = Gen.Select(Gen.Int[0, der.Length - 1], Gen.Byte[1, 255]).Array[1, 3];
        damage.Sample(
            changes =>
            {
                var hurt = der.ToArray();
                foreach (var (at, mask) in changes)
                    hurt[at] ^= mask;

                if (hurt.AsSpan().SequenceEqual(der) || !TryLoad(hurt, out var certificate))
                    return;

                using (certificate)
                {
                    var chain = Judge(certificate);
                    Assert.False(chain.IsValid);
                    var record = TlsaRecord.For(chain.Leaf, TlsaRecord.DaneTa, 0, 1);
                    Assert.IsNotType<DaneMatch.Matched>(DaneMatch.Verify([record], chain, [Host], TestCa.Now));
                }
            },
            iter: 1000,
            threads: 1
        );
    }

    private string Problems(Cert shape) => string.Join(' ', Judge(_root.Issue(shape)).Problems.Select(p => p.ToWire()));

    private PresentedChain JudgeDer(byte[] der)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(der);
        return Judge(certificate);
    }

    private PresentedChain Judge(X509Certificate2 leaf) => ChainJudge.Judge([leaf], Host, _root.Roots, TestCa.Now);

    private static bool TryLoad(byte[] der, out X509Certificate2 certificate)
    {
        try
        {
            certificate = X509CertificateLoader.LoadCertificate(der);
            return true;
        }
        catch (CryptographicException)
        {
            certificate = null!;
            return false;
        }
    }

    private static X509Extension Names(params string[] names)
    {
        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var name in names)
                writer.WriteOctetString(
                    Encoding.Latin1.GetBytes(name),
                    new System.Formats.Asn1.Asn1Tag(System.Formats.Asn1.TagClass.ContextSpecific, 2)
                );
        }

        return new X509Extension("2.5.29.17", writer.Encode(), critical: false);
    }
}
