using Postseal.Protocol.Tls;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Smtp.Probe;

/// <summary>Bad certificates are facts of a session that stands, each fault by itself.</summary>
public sealed class ProbeCertificateTests : IDisposable
{
    private readonly ProbeBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    [Trait("rfc", "8461-4.2-2")]
    public async Task The_whole_chain_is_kept_in_the_order_sent()
    {
        var chain = await ChainAsync("good");

        Assert.Equal(
            ["CN=Server, O=Postseal Tests", "CN=Intermediate, O=Postseal Tests"],
            chain.Certificates.Select(c => c.Subject)
        );
        Assert.Equal(["mx.example.com"], chain.Leaf.DnsNames);
        Assert.True(chain.IsValid);
    }

    [Fact]
    [Trait("rfc", "8461-4.2-1")]
    [Trait("rfc", "D-RES-3")]
    public async Task An_expired_certificate_is_a_fact() =>
        await PresentsAsync(Cert.For("mx.example.com") with { NotAfter = TestCa.Now.AddSeconds(-1) }, CertificateProblem.Expired);

    [Fact]
    [Trait("rfc", "8461-4.2-1")]
    [Trait("rfc", "D-RES-5")]
    public async Task A_certificate_not_yet_valid_is_a_fact() =>
        await PresentsAsync(
            Cert.For("mx.example.com") with
            {
                NotBefore = TestCa.Now.AddSeconds(1),
            },
            CertificateProblem.NotYetValid
        );

    [Fact]
    [Trait("rfc", "8461-4.2-3")]
    [Trait("rfc", "D-RES-4")]
    public async Task A_certificate_for_another_name_is_a_fact() =>
        await PresentsAsync(Cert.For("example.com", "smtp.example.com"), CertificateProblem.Name);

    [Fact]
    public async Task Several_faults_are_told_side_by_side() =>
        await PresentsAsync(
            Cert.For("other.example") with
            {
                NotAfter = TestCa.Now.AddDays(-1),
            },
            CertificateProblem.Name,
            CertificateProblem.Expired
        );

    [Fact]
    [Trait("rfc", "D-RES-5")]
    public async Task A_missing_intermediate_is_a_fact()
    {
        _bench.Present("bad", Cert.For("mx.example.com"), withIssuer: false);

        Assert.Equal([CertificateProblem.ChainIncomplete], (await ChainAsync("bad")).Problems);
    }

    [Fact]
    [Trait("rfc", "D-RES-5")]
    public async Task A_self_signed_certificate_is_a_fact()
    {
        using var leaf = TestCa.SelfSigned(Cert.For("mx.example.com"));
        _bench.Present("bad", leaf, []);

        Assert.Equal([CertificateProblem.SelfSigned], (await ChainAsync("bad")).Problems);
    }

    [Fact]
    [Trait("rfc", "D-RES-5")]
    public async Task A_chain_to_an_unknown_root_is_a_fact()
    {
        using var stranger = TestCa.Root("Strangers");
        _bench.Present("bad", stranger.Issue(Cert.For("mx.example.com")), [stranger.Certificate]);

        Assert.Equal([CertificateProblem.Untrusted], (await ChainAsync("bad")).Problems);
    }

    [Fact]
    public async Task A_certificate_of_500_names_is_read_to_the_last()
    {
        var others = Enumerable.Range(0, 499).Select(i => $"customer-{i}.example.net");
        _bench.Present("many", Cert.For([.. others, "mx.example.com"]));

        var chain = await ChainAsync("many");

        Assert.True(chain.IsValid);
        Assert.Equal(500, chain.Leaf.DnsNames.Length);
    }

    private async Task PresentsAsync(Cert shape, params CertificateProblem[] expected)
    {
        _bench.Present("bad", shape);
        Assert.Equal(expected, (await ChainAsync("bad")).Problems);
    }

    private async Task<PresentedChain> ChainAsync(string name)
    {
        var result = await _bench.ProbeAsync($"{ProbeBench.UpToTls}TLS {name}{ProbeBench.AfterTls}");
        Assert.Null(result.Stop);
        return Assert.IsType<TlsOutcome.Established>(result.Tls).Chain;
    }
}
