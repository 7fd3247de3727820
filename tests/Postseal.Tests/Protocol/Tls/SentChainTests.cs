using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Postseal.Protocol;
using Postseal.Protocol.Tls;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Protocol.Tls;

/// <summary>A chain is complete only from what was sent, and only so much of it is verified.</summary>
public sealed class SentChainTests : IDisposable
{
    private static readonly DomainName Host = DomainName.Parse("mx.example.com");

    private readonly TestCa _root = TestCa.Root();
    private readonly List<IDisposable> _owned = [];

    public void Dispose()
    {
        _owned.ForEach(o => o.Dispose());
        _root.Dispose();
    }

    [Fact]
    [Trait("rfc", "8461-4.2-2")]
    public void An_intermediate_that_this_machine_remembers_does_not_make_a_chain_complete()
    {
        var issuer = Intermediate("CN=Remembered, O=Postseal Tests");
        var leaf = issuer.Issue(Cert.For(Host.Value) with { IssuerUrl = "http://127.0.0.1/issuer.crt" });
        using var remembered = new Remembered(issuer.Certificate);
        Assert.True(Remembered.IsFoundByThePlatform(leaf, _root.Roots)); // or this test would show nothing

        Assert.Equal([CertificateProblem.ChainIncomplete], ChainJudge.Judge([leaf], Host, _root.Roots, TestCa.Now).Problems);
        Assert.Empty(ChainJudge.Judge([leaf, issuer.Certificate], Host, _root.Roots, TestCa.Now).Problems);
    }

    [Fact]
    public void An_intermediate_that_was_sent_counts_with_its_own_dates_though_a_better_one_is_remembered()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var old = Intermediate("CN=Renewed, O=Postseal Tests", c => c with { Key = key, NotAfter = TestCa.Now.AddDays(-1) });
        var renewed = Intermediate("CN=Renewed, O=Postseal Tests", c => c with { Key = key });
        var leaf = old.Issue(Cert.For(Host.Value));
        using var remembered = new Remembered(renewed.Certificate);

        var problems = ChainJudge.Judge([leaf, old.Certificate], Host, _root.Roots, TestCa.Now).Problems;

        Assert.Equal([CertificateProblem.Expired], problems);
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    [InlineData(31, false)]
    public void A_path_is_followed_over_eight_issuers(int issuers, bool isValid)
    {
        var way = Way(issuers);
        var leaf = way[^1].Issue(Cert.For(Host.Value));

        var problems = ChainJudge
            .Judge([leaf, .. way.AsEnumerable().Reverse().Select(i => i.Certificate)], Host, _root.Roots, TestCa.Now)
            .Problems;

        Assert.Equal(isValid ? [] : [CertificateProblem.Oversized], problems);
    }

    [Fact]
    public void Issuers_of_one_name_are_no_way_round_the_bound()
    {
        List<TestCa> way = [Intermediate("CN=Same, O=Postseal Tests")];
        while (way.Count < 30)
            way.Add(Own(way[^1].Intermediate("CN=Same, O=Postseal Tests")));
        var leaf = way[^1].Issue(Cert.For(Host.Value));

        var chain = ChainJudge.Judge([leaf, .. way.Select(i => i.Certificate)], Host, _root.Roots, TestCa.Now);

        Assert.Contains(CertificateProblem.Oversized, chain.Problems);
    }

    [Theory]
    [InlineData("CN=\" Heavy\"")]
    [InlineData("CN=\"Heavy \"")]
    [InlineData("CN=Elsewhere")]
    public void A_key_that_is_too_large_counts_however_its_name_is_written(string issuerOfLeaf)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issuer = Signed("CN=Heavy", "CN=Own Root", RsaKey(2048, 40), key, isAuthority: true);
        using var leaf = Signed("CN=Leaf", issuerOfLeaf, new PublicKey(key), key, isAuthority: false);

        var problems = ChainJudge.Judge([leaf, issuer], Host, _root.Roots, TestCa.Now).Problems;

        Assert.Contains(CertificateProblem.Oversized, problems);
    }

    [Fact]
    public void What_is_sent_along_and_not_on_the_path_is_no_fault()
    {
        var issuer = Intermediate("CN=Issuer, O=Postseal Tests");
        var others = Enumerable.Range(0, 25).Select(i => Intermediate($"CN=Bystander {i}, O=Postseal Tests").Certificate);
        var leaf = issuer.Issue(Cert.For(Host.Value));

        var chain = ChainJudge.Judge([leaf, issuer.Certificate, .. others], Host, _root.Roots, TestCa.Now);

        Assert.True(chain.IsValid);
        Assert.False(chain.IsCostly);
        Assert.DoesNotContain(CertificateProblem.Oversized, chain.Problems);
    }

    [Fact]
    public void A_key_beyond_bounds_has_cost_us_though_a_good_path_leads_past_it()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var issuer = Intermediate("CN=Issuer, O=Postseal Tests");
        var leaf = issuer.Issue(Cert.For(Host.Value));
        using var shadow = Signed("CN=Issuer, O=Postseal Tests", "CN=Own Root", RsaKey(2048, 40), key, isAuthority: true);

        var chain = ChainJudge.Judge([leaf, shadow, issuer.Certificate], Host, _root.Roots, TestCa.Now);

        Assert.True(chain.IsValid);
        Assert.True(chain.IsCostly);
    }

    [Theory]
    [InlineData("1.3.132.0.34", true)] // secp384r1
    [InlineData("1.3.36.3.3.2.8.1.1.7", true)] // brainpoolP256r1
    [InlineData("1.3.132.0.36", false)] // sect409k1
    [InlineData("1.3.132.0.39", false)] // sect571r1
    public void Of_curves_those_over_prime_fields_are_verified(string curve, bool isVerified)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = new byte[97];
        point[0] = 4;
        var identifier = new AsnWriter(AsnEncodingRules.DER);
        identifier.WriteObjectIdentifier(curve);
        var large = new PublicKey(
            new Oid("1.2.840.10045.2.1"),
            new AsnEncodedData(identifier.Encode()),
            new AsnEncodedData(point)
        );
        using var issuer = Signed("CN=Heavy", "CN=Own Root", large, key, isAuthority: true);
        using var leaf = Signed("CN=Leaf", "CN=Heavy", new PublicKey(key), key, isAuthority: false);

        Assert.Equal(!isVerified, ChainJudge.Judge([leaf, issuer], Host, _root.Roots, TestCa.Now).IsCostly);
    }

    [Fact]
    public void A_chain_is_judged_once_until_one_of_its_dates_passes()
    {
        var issuer = Intermediate("CN=Issuer, O=Postseal Tests");
        var leaf = issuer.Issue(Cert.For(Host.Value));
        var verifier = new ChainVerifier(new(_root.Roots));
        IReadOnlyList<X509Certificate2> sent = [leaf, issuer.Certificate];

        var first = verifier.Judge(sent, Host, TestCa.Now);

        Assert.Same(first, verifier.Judge(sent, Host, TestCa.Now.AddMinutes(59)));
        Assert.NotSame(first, verifier.Judge(sent, Host, TestCa.Now.AddMinutes(61)));
        Assert.NotSame(first, verifier.Judge(sent, DomainName.Parse("mx2.example.com"), TestCa.Now));
        Assert.Contains(CertificateProblem.Expired, verifier.Judge(sent, Host, TestCa.Now.AddDays(61)).Problems);
        Assert.Empty(verifier.Judge(sent, Host, TestCa.Now).Problems);
    }

    [Theory]
    [InlineData(2048, 17, true)]
    [InlineData(2048, 33, true)]
    [InlineData(2048, 40, false)]
    [InlineData(8192, 17, true)]
    [InlineData(8200, 17, false)]
    [InlineData(16384, 17, false)]
    public void An_issuer_whose_key_costs_more_than_any_authoritys_is_not_verified(int bits, int exponentBits, bool isVerified)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = Signed("CN=Own Root", "CN=Own Root", new PublicKey(key), key, isAuthority: true);
        using var issuer = Signed("CN=Heavy", "CN=Own Root", RsaKey(bits, exponentBits), key, isAuthority: true);
        using var leaf = Signed("CN=Leaf", "CN=Heavy", new PublicKey(key), key, isAuthority: false);

        var problems = ChainJudge.Judge([leaf, issuer], Host, [root], TestCa.Now).Problems;

        // Nobody has these keys, so that the chain is never good.
        Assert.NotEmpty(problems);
        Assert.Equal(!isVerified, problems.Contains(CertificateProblem.Oversized));
    }

    private static X509Certificate2 Signed(string subject, string issuer, PublicKey key, ECDsa signer, bool isAuthority)
    {
        var request = new CertificateRequest(new X500DistinguishedName(subject), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, critical: true));
        return request.Create(
            new X500DistinguishedName(issuer),
            X509SignatureGenerator.CreateForECDsa(signer),
            TestCa.Now.AddDays(-1),
            TestCa.Now.AddDays(1),
            [1, .. RandomNumberGenerator.GetBytes(8)]
        );
    }

    // An RSA key of these sizes; nobody has its private key.
    private static PublicKey RsaKey(int modulusBits, int exponentBits)
    {
        var key = new AsnWriter(AsnEncodingRules.DER);
        using (key.PushSequence())
        {
            key.WriteIntegerUnsigned(Number(modulusBits));
            key.WriteIntegerUnsigned(Number(exponentBits));
        }

        return new(new Oid("1.2.840.113549.1.1.1"), new AsnEncodedData([5, 0]), new AsnEncodedData(key.Encode()));
    }

    private static byte[] Number(int bits)
    {
        var bytes = new byte[(bits + 7) / 8];
        bytes[0] = (byte)(1 << ((bits - 1) % 8));
        bytes[^1] |= 1;
        return bytes;
    }

    private List<TestCa> Way(int issuers)
    {
        List<TestCa> way = [Intermediate("CN=Issuer 1, O=Postseal Tests")];
        while (way.Count < issuers)
            way.Add(Own(way[^1].Intermediate($"CN=Issuer {way.Count + 1}, O=Postseal Tests")));
        return way;
    }

    private TestCa Intermediate(string subject, Func<Cert, Cert>? change = null) => Own(_root.Intermediate(subject, change));

    private TestCa Own(TestCa authority)
    {
        _owned.Add(authority);
        return authority;
    }

    /// <summary>A certificate in the store of intermediates that .NET keeps for this user, as after a download by any program.</summary>
    private sealed class Remembered : IDisposable
    {
        private readonly X509Certificate2 _certificate;

        public Remembered(X509Certificate2 certificate)
        {
            _certificate = certificate;
            using var store = Open();
            store.Add(certificate);
        }

        public static bool IsFoundByThePlatform(X509Certificate2 leaf, X509Certificate2Collection roots)
        {
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(roots);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.DisableCertificateDownloads = true;
            chain.ChainPolicy.VerificationTime = TestCa.Now.UtcDateTime;
            return chain.Build(leaf);
        }

        public void Dispose()
        {
            using var store = Open();
            store.Remove(_certificate);
        }

        private static X509Store Open()
        {
            var store = new X509Store(StoreName.CertificateAuthority, StoreLocation.CurrentUser);
            store.Open(OpenFlags.ReadWrite);
            return store;
        }
    }
}
