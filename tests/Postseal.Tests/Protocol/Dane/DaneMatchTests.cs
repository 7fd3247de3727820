using System.Security.Cryptography.X509Certificates;
using Postseal.Protocol;
using Postseal.Protocol.Dane;
using Postseal.Protocol.Tls;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Protocol.Dane;

public sealed class DaneMatchTests : IDisposable
{
    private const string Host = "mx.example.com";
    private static readonly DateTimeOffset LongAgo = TestCa.Now.AddYears(-3);

    private readonly TestCa _root = TestCa.Root();
    private readonly TestCa _issuer;

    public DaneMatchTests() => _issuer = _root.Intermediate();

    public void Dispose()
    {
        _issuer.Dispose();
        _root.Dispose();
    }

    private static Cert Good => Cert.For(Host);

    [Fact]
    [Trait("rfc", "7672-3.1.1-1")]
    public void A_matching_leaf_is_authenticated_by_usage_3_whatever_else_it_says()
    {
        var odd = Cert.For("other.test") with
        {
            NotBefore = LongAgo,
            NotAfter = LongAgo.AddDays(1),
            ExtendedKeyUsages = [Cert.ClientAuth],
            KeyUsage = X509KeyUsageFlags.NonRepudiation,
        };
        var leaf = _issuer.Issue(odd);
        foreach (var (selector, matching) in ((byte, byte)[])[(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)])
            AssertMatched([Record(leaf, 3, selector, matching)], leaf);
    }

    [Fact]
    [Trait("rfc", "7672-3.1.1-1")]
    public void Usage_3_is_about_the_leaf_alone()
    {
        var leaf = _issuer.Issue(Good);
        AssertNotMatched("dane-no-match", [Record(_issuer.Certificate, 3, 0, 1)], leaf, _issuer.Certificate);
        AssertNotMatched("dane-no-match", [Record(_issuer.Issue(Good), 3, 1, 1)], leaf);
    }

    [Fact]
    [Trait("rfc", "7672-3.1.2-1")]
    public void Any_issuer_on_the_path_can_be_the_anchor()
    {
        var leaf = _issuer.Issue(Good);
        foreach (var (selector, matching) in ((byte, byte)[])[(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)])
        {
            AssertMatched([Record(_root.Certificate, 2, selector, matching)], leaf, _issuer.Certificate, _root.Certificate);
            AssertMatched([Record(_issuer.Certificate, 2, selector, matching)], leaf, _issuer.Certificate, _root.Certificate);
            AssertMatched([Record(_issuer.Certificate, 2, selector, matching)], leaf, _issuer.Certificate);
        }

        AssertMatched([Record(_root.Certificate, 2, 0, 1)], leaf, _root.Certificate, _issuer.Certificate);
    }

    [Fact]
    [Trait("rfc", "7672-3.1.2-1")]
    [Trait("rfc", "7671-5.2.2-1")]
    public void An_anchor_that_is_not_sent_serves_only_with_its_full_certificate_in_dns()
    {
        var leaf = _issuer.Issue(Good);
        AssertMatched([Record(_root.Certificate, 2, 0, 0)], leaf, _issuer.Certificate);
        AssertMatched([Record(_issuer.Certificate, 2, 0, 0)], leaf);
        AssertNotMatched("dane-no-match", [Record(_root.Certificate, 2, 0, 1)], leaf, _issuer.Certificate);
        AssertNotMatched("dane-no-match", [Record(_root.Certificate, 2, 1, 0)], leaf, _issuer.Certificate);
        AssertNotMatched("dane-no-match", [Record(_root.Certificate, 2, 0, 0)], leaf);
    }

    [Fact]
    [Trait("rfc", "7672-3.1.2-1")]
    public void Below_an_anchor_dates_and_names_count()
    {
        TlsaRecord[] records = [Record(_issuer.Certificate, 2, 0, 1)];
        AssertNotMatched(
            "dane-expired",
            records,
            _issuer.Issue(Good with { NotBefore = LongAgo, NotAfter = TestCa.Now.AddDays(-1) }),
            _issuer.Certificate
        );
        AssertNotMatched(
            "dane-expired",
            records,
            _issuer.Issue(Good with { NotBefore = TestCa.Now.AddDays(1) }),
            _issuer.Certificate
        );
        AssertNotMatched("dane-name-mismatch", records, _issuer.Issue(Cert.For("other.test")), _issuer.Certificate);
        AssertMatched(records, _issuer.Issue(Cert.For("*.example.com")), _issuer.Certificate);
    }

    [Fact]
    public void An_expired_issuer_above_the_anchor_does_not_matter()
    {
        using var expired = TestCa.Root(change: c => c with { NotBefore = LongAgo, NotAfter = TestCa.Now.AddDays(-1) });
        using var below = expired.Intermediate();
        var leaf = below.Issue(Good);
        AssertMatched([Record(below.Certificate, 2, 0, 1)], leaf, below.Certificate, expired.Certificate);
        AssertNotMatched("dane-expired", [Record(expired.Certificate, 2, 0, 1)], leaf, below.Certificate, expired.Certificate);
    }

    [Fact]
    public void An_anchor_must_have_issued_the_leaf()
    {
        using var other = TestCa.Root("Somebody Else");
        using var twin = TestCa.Root();
        var leaf = _root.Issue(Good);
        AssertNotMatched("dane-no-match", [Record(other.Certificate, 2, 0, 1)], leaf, other.Certificate);
        AssertNotMatched("dane-no-match", [Record(other.Certificate, 2, 0, 0)], leaf);
        AssertNotMatched("dane-no-match", [Record(twin.Certificate, 2, 0, 1)], leaf, twin.Certificate);
        AssertNotMatched("dane-no-match", [Record(leaf, 2, 0, 1)], leaf);
    }

    [Fact]
    public void A_path_that_breaks_below_the_anchor_is_refused()
    {
        TlsaRecord[] records = [Record(_root.Certificate, 2, 0, 1)];
        var der = _root.Issue(Good).RawData;
        der[^1] ^= 1;
        using var forged = X509CertificateLoader.LoadCertificate(der);
        using var noCa = _root.Intermediate(change: c => c with { IsAuthority = false });
        AssertNotMatched("dane-chain", records, forged, _root.Certificate);
        AssertNotMatched("dane-chain", records, noCa.Issue(Good), noCa.Certificate, _root.Certificate);
        AssertNotMatched(
            "dane-chain",
            records,
            _root.Issue(Good with { ExtendedKeyUsages = [Cert.ClientAuth] }),
            _root.Certificate
        );
    }

    [Fact]
    public void A_cross_certificate_can_be_the_anchor()
    {
        using var other = TestCa.Root("Somebody Else");
        var cross = _root.CrossSignedBy(other);
        var leaf = _issuer.Issue(Good);
        X509Certificate2[] presented = [leaf, _issuer.Certificate, _root.Certificate, cross, other.Certificate];
        AssertMatched([Record(cross, 2, 0, 1)], presented);
        AssertMatched([Record(_root.Certificate, 2, 0, 1)], presented);
        AssertMatched([Record(other.Certificate, 2, 0, 1)], leaf, _issuer.Certificate, cross, other.Certificate);
    }

    [Fact]
    [Trait("rfc", "7672-3.2.2-1")]
    public void Any_reference_name_will_do()
    {
        var leaf = _issuer.Issue(Cert.For("example.com"));
        TlsaRecord[] records = [Record(_issuer.Certificate, 2, 0, 1)];
        var chain = Chain(leaf, _issuer.Certificate);
        Assert.IsType<DaneMatch.Matched>(Verify(records, chain, Host, "example.com"));
        Assert.Equal(new DaneMatch.NotMatched("dane-name-mismatch"), Verify(records, chain, Host));
        Assert.Equal(new DaneMatch.NotMatched("dane-name-mismatch"), Verify(records, chain));
    }

    [Fact]
    [Trait("rfc", "7672-3.2.3-1")]
    public void The_common_name_counts_only_without_any_dns_name()
    {
        TlsaRecord[] records = [Record(_issuer.Certificate, 2, 0, 1)];
        AssertMatched(records, _issuer.Issue(new Cert { Subject = $"CN={Host}, O=Tests" }), _issuer.Certificate);
        AssertMatched(records, _issuer.Issue(new Cert { Subject = "CN=*.example.com" }), _issuer.Certificate);
        AssertNotMatched(
            "dane-name-mismatch",
            records,
            _issuer.Issue(Cert.For("other.test") with { Subject = $"CN={Host}" }),
            _issuer.Certificate
        );
        AssertNotMatched("dane-name-mismatch", records, _issuer.Issue(new Cert { Subject = $"O={Host}" }), _issuer.Certificate);
    }

    [Fact]
    [Trait("rfc", "7671-9-1")]
    public void The_strongest_digest_of_a_usage_and_selector_decides()
    {
        var (leaf, other) = (_issuer.Issue(Good), _issuer.Issue(Good));
        AssertNotMatched("dane-no-match", [Record(leaf, 3, 1, 1), Record(other, 3, 1, 2)], leaf);
        AssertMatched([Record(leaf, 3, 1, 2), Record(other, 3, 1, 1)], leaf);
        AssertMatched([Record(leaf, 3, 1, 0), Record(other, 3, 1, 2)], leaf);
        AssertMatched([Record(leaf, 3, 0, 1), Record(other, 3, 1, 2)], leaf);
        AssertMatched([Record(leaf, 3, 1, 1), Record(other, 2, 1, 2)], leaf);
        AssertMatched([Record(leaf, 3, 1, 1), new TlsaRecord(3, 1, 2, [1, 2, 3])], leaf);
    }

    [Fact]
    [Trait("rfc", "7672-2.2-2")]
    public void Records_of_which_none_is_usable_say_so()
    {
        var leaf = _issuer.Issue(Good);
        Assert.IsType<DaneMatch.NoneUsable>(Verify([], Chain(leaf), Host));
        Assert.IsType<DaneMatch.NoneUsable>(
            Verify([Record(leaf, 1, 1, 1), Record(_root.Certificate, 0, 0, 1)], Chain(leaf), Host)
        );
        AssertMatched([Record(leaf, 1, 1, 1), Record(leaf, 3, 1, 1)], leaf);
    }

    [Fact]
    [Trait("rfc", "7672-4-1")]
    public void During_a_rollover_one_of_the_records_is_enough()
    {
        var (old, next) = (_issuer.Issue(Good), _issuer.Issue(Good));
        TlsaRecord[] records = [Record(old, 3, 1, 1), Record(next, 3, 1, 1)];
        AssertMatched(records, old);
        AssertMatched(records, next);
    }

    [Fact]
    public void The_reason_is_that_of_the_record_that_came_farthest()
    {
        using var other = TestCa.Root("Somebody Else");
        TlsaRecord[] records =
        [
            Record(other.Certificate, 2, 0, 1),
            Record(_issuer.Certificate, 2, 0, 1),
            Record(other.Certificate, 3, 1, 1),
        ];
        AssertNotMatched(
            "dane-name-mismatch",
            records,
            _issuer.Issue(Cert.For("other.test")),
            _issuer.Certificate,
            other.Certificate
        );
    }

    [Fact]
    public void A_flood_of_anchors_is_cut_short()
    {
        var records = Enumerable.Range(0, 300).Select(_ => Record(_root.Certificate, 2, 0, 0)).ToList();
        AssertNotMatched("dane-name-mismatch", records, _root.Issue(Cert.For("other.test")));
    }

    private static TlsaRecord Record(X509Certificate2 certificate, byte usage, byte selector, byte matching) =>
        TlsaRecord.For(CertificateFacts.From(certificate), usage, selector, matching);

    private static PresentedChain Chain(params X509Certificate2[] presented) =>
        new([.. presented.Select(CertificateFacts.From)], []);

    private static DaneMatch Verify(IReadOnlyList<TlsaRecord> records, PresentedChain chain, params string[] names) =>
        DaneMatch.Verify(records, chain, [.. names.Select(DomainName.Parse)], TestCa.Now);

    private static void AssertMatched(IReadOnlyList<TlsaRecord> records, params X509Certificate2[] presented) =>
        Assert.IsType<DaneMatch.Matched>(Verify(records, Chain(presented), Host));

    private static void AssertNotMatched(string reason, IReadOnlyList<TlsaRecord> records, params X509Certificate2[] presented) =>
        Assert.Equal(new DaneMatch.NotMatched(reason), Verify(records, Chain(presented), Host));
}
