using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Postseal.Protocol;
using Postseal.Protocol.Tls;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Protocol.Tls;

public sealed class ChainJudgeTests : IDisposable
{
    private const string Host = "mx.example.com";
    private const string IssuerUrl = "http://ca.example.net/issuer.der";

    private static readonly DateTimeOffset LongAgo = TestCa.Now.AddYears(-3);

    private readonly TestCa _root = TestCa.Root();
    private readonly TestCa _stranger = TestCa.Root("Somebody Else");
    private readonly TestCa _issuer;

    public ChainJudgeTests() => _issuer = _root.Intermediate();

    public void Dispose()
    {
        _issuer.Dispose();
        _root.Dispose();
        _stranger.Dispose();
    }

    private static Cert Good => Cert.For(Host);

    [Fact]
    [Trait("rfc", "8461-4.2-2")]
    public void A_good_chain_has_no_problem()
    {
        Problems("", Good);
        AssertProblems("", _root.Issue(Good));
        AssertProblems("", _issuer.Issue(Good), _issuer.Certificate, _root.Certificate);
    }

    [Fact]
    [Trait("rfc", "8461-4.2-3")]
    [Trait("rfc", "9525-6.3-3")]
    public void Only_dns_names_of_the_certificate_count()
    {
        Problems("", Good with { DnsNames = ["other.example.com", "MX.Example.COM"] });
        Problems("", Good with { DnsNames = ["*.example.com"] });
        Problems("name", Good with { DnsNames = ["example.com", "*.mx.example.com", "m*.example.com"] });
        Problems("name", Good with { DnsNames = [], Subject = "CN=mx.example.com" });
        Problems("name", Good with { DnsNames = [], Extensions = [AddressName()] });
    }

    [Fact]
    [Trait("rfc", "8461-4.2-1")]
    public void Dates_of_the_leaf_are_checked()
    {
        Problems("expired", Good with { NotBefore = LongAgo, NotAfter = TestCa.Now.AddSeconds(-1) });
        Problems("not-yet-valid", Good with { NotBefore = TestCa.Now.AddSeconds(1) });
        Problems("", Good with { NotAfter = TestCa.Now, NotBefore = LongAgo });
        Problems("", Good with { NotBefore = TestCa.Now });
    }

    [Fact]
    [Trait("rfc", "8461-4.2-1")]
    public void Dates_of_issuers_are_checked_too()
    {
        using var expired = _root.Intermediate(change: c => c with { NotBefore = LongAgo, NotAfter = TestCa.Now.AddDays(-1) });
        using var future = _root.Intermediate(change: c => c with { NotBefore = TestCa.Now.AddDays(1) });
        AssertProblems("expired", expired.Issue(Good), expired.Certificate);
        AssertProblems("not-yet-valid", future.Issue(Good), future.Certificate);
    }

    [Fact]
    public void An_expired_certificate_that_is_not_on_the_path_does_not_matter()
    {
        var cross = _root.CrossSignedBy(_stranger, c => c with { NotBefore = LongAgo, NotAfter = TestCa.Now.AddDays(-1) });
        AssertProblems("", _issuer.Issue(Good), _issuer.Certificate, cross);
    }

    [Fact]
    [Trait("rfc", "8461-4.2-2")]
    public void An_unknown_root_is_untrusted()
    {
        AssertProblems("untrusted", _stranger.Issue(Good));
        AssertProblems("untrusted", _stranger.Issue(Good), _stranger.Certificate);
        using var below = _stranger.Intermediate("CN=Below, O=Somebody Else");
        AssertProblems("untrusted", below.Issue(Good), below.Certificate);
        AssertProblems("untrusted", below.Issue(Good), below.Certificate, _stranger.Certificate);
        AssertProblems("untrusted", below.Issue(Good with { IssuerUrl = IssuerUrl }), below.Certificate);
        AssertProblems("untrusted", _stranger.Issue(Good with { IssuerUrl = "ldap:///CN=Somebody" }));
    }

    [Fact]
    public void A_root_of_a_trusted_name_with_another_key_is_not_that_root()
    {
        using var twin = TestCa.Root();
        AssertProblems("untrusted", twin.Issue(Good), twin.Certificate);
    }

    [Fact]
    public void A_root_of_a_trusted_name_and_serial_number_is_not_that_root()
    {
        byte[] serial = [1, 2, 3];
        using var root = TestCa.Root(change: c => c with { Serial = serial });
        using var forged = TestCa.Root(change: c => c with { Serial = serial });
        Assert.Equal(root.Certificate, forged.Certificate); // as the platform compares them
        Assert.Equal("untrusted", Wire(Judge([forged.Issue(Good), forged.Certificate], root.Roots)));
        using var bare = TestCa.Root(change: c => c with { Serial = serial, HasKeyIds = false });
        Assert.Equal("signature", Wire(Judge([bare.Issue(Good), bare.Certificate], root.Roots)));
        using var own = TestCa.SelfSigned(Good with { Serial = serial });
        using var copy = TestCa.SelfSigned(Good with { Serial = serial });
        Assert.Equal("self-signed", Wire(Judge([copy], [own])));
    }

    [Fact]
    [Trait("rfc", "8461-4.2-2")]
    public void An_intermediate_that_was_left_out_makes_the_chain_incomplete()
    {
        AssertProblems("chain-incomplete", _issuer.Issue(Good));
        using var brand = _root.Intermediate("CN=R1, O=Brand");
        AssertProblems("chain-incomplete", brand.Issue(Good with { IssuerUrl = IssuerUrl }));
        using var deeper = _issuer.Intermediate("CN=Deeper, O=Brand");
        AssertProblems("chain-incomplete", deeper.Issue(Good), deeper.Certificate);
        AssertProblems("", deeper.Issue(Good), deeper.Certificate, _issuer.Certificate);
    }

    [Fact]
    [Trait("rfc", "8461-4.2-2")]
    public void A_self_signed_leaf_is_only_that()
    {
        using var own = TestCa.SelfSigned(Good);
        using var appliance = TestCa.SelfSigned(Good with { IsAuthority = true, KeyUsage = null, ExtendedKeyUsages = [] });
        using var bare = TestCa.SelfSigned(Good with { HasKeyIds = false });
        AssertProblems("self-signed", own);
        AssertProblems("self-signed", appliance);
        AssertProblems("self-signed", bare);
    }

    [Fact]
    public void A_self_signed_leaf_that_is_trusted_is_good_also_beside_its_successor()
    {
        using var own = TestCa.SelfSigned(Good);
        using var next = TestCa.SelfSigned(Good);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var longer = TestCa.SelfSigned(Good with { Key = key, NotAfter = TestCa.Now.AddDays(200) });
        using var shorter = TestCa.SelfSigned(Good with { Key = key });
        Assert.Empty(Judge([own], [own]).Problems);
        Assert.Empty(Judge([own], [next, own]).Problems);
        Assert.Empty(Judge([own], [own, next]).Problems);
        Assert.Empty(Judge([shorter], [longer, shorter]).Problems);
        Assert.Equal("self-signed", Wire(Judge([own], [next])));
    }

    [Fact]
    public void Of_a_large_trust_store_the_right_root_is_found()
    {
        var store = Enumerable.Range(0, 20).Select(i => TestCa.Root($"Authority {i}")).ToList();
        X509Certificate2Collection roots = [.. store.Select(s => s.Certificate)];
        Assert.All(store, s => Assert.Empty(Judge([s.Issue(Good)], roots).Problems));
        Assert.Equal("untrusted", Wire(Judge([_stranger.Issue(Good)], roots)));
        store.ForEach(s => s.Dispose());
    }

    [Fact]
    public void Each_problem_is_named_beside_the_others()
    {
        var expired = Good with { NotBefore = LongAgo, NotAfter = TestCa.Now.AddDays(-1) };
        var wrong = expired with { DnsNames = ["other.example.com"] };
        Problems("name expired", wrong);
        AssertProblems("expired untrusted", _stranger.Issue(expired));
        AssertProblems("name expired untrusted", _stranger.Issue(wrong), _stranger.Certificate);
        AssertProblems("name expired chain-incomplete", _issuer.Issue(wrong));
        AssertProblems(
            "name not-yet-valid untrusted eku",
            _stranger.Issue(Cert.For("x.test") with { NotBefore = TestCa.Now.AddDays(1), ExtendedKeyUsages = [Cert.ClientAuth] })
        );
        using var own = TestCa.SelfSigned(wrong);
        AssertProblems("name expired self-signed", own);
    }

    [Fact]
    public void A_wrong_order_is_remarked_and_accepted()
    {
        using var deeper = _issuer.Intermediate("CN=Deeper, O=Postseal Tests");
        AssertProblems("chain-order", deeper.Issue(Good), _issuer.Certificate, deeper.Certificate);
        AssertProblems("chain-order", _issuer.Issue(Good), _root.Certificate, _issuer.Certificate);
        AssertProblems("chain-order", _root.Issue(Good), _stranger.Certificate);
        Assert.True(Judge([deeper.Issue(Good), _issuer.Certificate, deeper.Certificate], _root.Roots).IsValid);
    }

    [Fact]
    public void Short_keys_are_remarked()
    {
        using var rsa1024 = RSA.Create(1024);
        using var rsa2048 = RSA.Create(2048);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Problems("weak-key", Good with { Key = rsa1024 });
        Problems("", Good with { Key = rsa2048 });
        Problems("", Good with { Key = p384 });
        using var weak = TestCa.Root(change: c => c with { Key = rsa1024 });
        Assert.Empty(Judge([weak.Issue(Good)], weak.Roots).Problems);
    }

    [Fact]
    public void Sha1_below_the_root_is_remarked()
    {
        Problems("sha1", Good with { Hash = HashAlgorithmName.SHA1 });
        using var old = _root.Intermediate(change: c => c with { Hash = HashAlgorithmName.SHA1 });
        AssertProblems("sha1", old.Issue(Good), old.Certificate);
        using var oldRoot = TestCa.Root(change: c => c with { Hash = HashAlgorithmName.SHA1 });
        Assert.Empty(Judge([oldRoot.Issue(Good), oldRoot.Certificate], oldRoot.Roots).Problems);
    }

    [Fact]
    public void Usages_must_fit_a_server()
    {
        Problems("eku", Good with { ExtendedKeyUsages = [Cert.ClientAuth] });
        Problems("", Good with { ExtendedKeyUsages = [Cert.ClientAuth, Cert.ServerAuth] });
        Problems("", Good with { ExtendedKeyUsages = [] });
        Problems("ku", Good with { KeyUsage = X509KeyUsageFlags.NonRepudiation });
        using var rsa = RSA.Create(2048);
        Problems("", Good with { Key = rsa, KeyUsage = X509KeyUsageFlags.KeyEncipherment });
        Problems("", Good with { KeyUsage = null });
        using var clients = _root.Intermediate(change: c => c with { ExtendedKeyUsages = [Cert.ClientAuth] });
        AssertProblems("eku", clients.Issue(Good), clients.Certificate);
    }

    [Fact]
    public void A_signature_that_does_not_verify_is_named()
    {
        var der = _root.Issue(Good).RawData;
        der[^1] ^= 1;
        using var forged = X509CertificateLoader.LoadCertificate(der);
        AssertProblems("signature", forged);
        using var twin = TestCa.Root(change: c => c with { HasKeyIds = false });
        using var root = TestCa.Root(change: c => c with { HasKeyIds = false });
        Assert.Equal("signature", Wire(Judge([twin.Issue(Good)], root.Roots)));
    }

    [Fact]
    public void Constraints_of_issuers_are_obeyed()
    {
        using var noCa = _root.Intermediate(change: c => c with { IsAuthority = false });
        using var noSigner = _root.Intermediate(change: c => c with { KeyUsage = X509KeyUsageFlags.DigitalSignature });
        using var narrow = _root.Intermediate(change: c => c with { Extensions = [PermittedOnly("example.org")] });
        AssertProblems("constraints", noCa.Issue(Good), noCa.Certificate);
        AssertProblems("constraints", noSigner.Issue(Good), noSigner.Certificate);
        AssertProblems("constraints", narrow.Issue(Good), narrow.Certificate);
        Problems("constraints", Good with { Extensions = [new X509Extension("1.3.6.1.4.1.99999.1", [5, 0], critical: true)] });
    }

    [Fact]
    public void A_root_that_the_server_sends_is_not_trusted_for_that()
    {
        AssertProblems("untrusted", _stranger.Issue(Good), _stranger.Certificate);
        Assert.Equal("untrusted", Wire(Judge([_root.Issue(Good), _root.Certificate], [])));
    }

    [Fact]
    public void The_certificates_are_reported_as_sent()
    {
        var leaf = _issuer.Issue(Good);
        var chain = Judge([leaf, _issuer.Certificate], _root.Roots);
        Assert.Equal([CertificateFacts.From(leaf), CertificateFacts.From(_issuer.Certificate)], chain.Certificates);
        Assert.Equal([Host], chain.Leaf.DnsNames);
        Assert.True(chain.IsValid);
    }

    private void Problems(string expected, Cert shape) => AssertProblems(expected, _issuer.Issue(shape), _issuer.Certificate);

    private void AssertProblems(string expected, params X509Certificate2[] presented)
    {
        var chain = Judge(presented, [.. _root.Roots]);
        Assert.Equal(expected, Wire(chain));
    }

    private static string Wire(PresentedChain chain) => string.Join(' ', chain.Problems.Select(p => p.ToWire()));

    private static PresentedChain Judge(IReadOnlyList<X509Certificate2> presented, X509Certificate2Collection roots) =>
        ChainJudge.Judge(presented, DomainName.Parse(Host), roots, TestCa.Now);

    private static X509Extension AddressName()
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        names.AddEmailAddress("postmaster@mx.example.com");
        names.AddUri(new Uri("https://mx.example.com/"));
        return names.Build();
    }

    // NameConstraints ::= SEQUENCE { permittedSubtrees [0] { { dNSName } } } (RFC 5280 §4.2.1.10)
    private static X509Extension PermittedOnly(string domain)
    {
        byte[] name = [0x82, (byte)domain.Length, .. System.Text.Encoding.ASCII.GetBytes(domain)];
        byte[] subtree = [0x30, (byte)name.Length, .. name];
        byte[] permitted = [0xA0, (byte)subtree.Length, .. subtree];
        return new X509Extension("2.5.29.30", [0x30, (byte)permitted.Length, .. permitted], critical: true);
    }
}
