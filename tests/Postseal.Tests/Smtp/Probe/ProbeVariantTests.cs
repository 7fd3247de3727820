using Postseal.Protocol.Tls;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Smtp.Probe;

/// <summary>The further sessions: without SNI, and with old TLS only.</summary>
public sealed class ProbeVariantTests : IDisposable
{
    private const string RefusesOld = ProbeBench.UpToTls + "HELLO\nX: 15 03 01 00 02 02 46";

    private readonly ProbeBench _bench = new();

    public ProbeVariantTests() => _bench.Options = _bench.Options with { CompareVariants = true };

    public void Dispose() => _bench.Dispose();

    [Fact]
    [Trait("rfc", "8461-7.1-3")]
    public async Task A_server_that_presents_the_same_without_SNI_and_no_old_TLS_shows_no_difference()
    {
        await using var peer = _bench.Peer(ProbeBench.Healthy, WithoutSni("good"), RefusesOld);

        var result = await _bench.ProbeAsync(peer, _bench.Token);

        Assert.Empty(peer.Mismatches);
        Assert.Equal(Chain(result.Tls).Leaf.Sha256, result.WithoutSni?.Leaf.Sha256);
        Assert.False(result.RefusesWithoutSni);
        Assert.Null(result.LegacyTls);
        Assert.Equal(3, peer.Connections);
        Assert.Equal(["SNI mx.example.com", "SNI "], peer.Heard.Where(h => h.StartsWith("SNI", StringComparison.Ordinal)));
    }

    [Fact]
    [Trait("rfc", "8461-7.1-3")]
    public async Task A_fallback_certificate_is_judged_for_the_same_host()
    {
        _bench.Present("fallback", Cert.For("default.example.com"));
        await using var peer = _bench.Peer(ProbeBench.Healthy, WithoutSni("good/fallback"), RefusesOld);

        var result = await _bench.ProbeAsync(peer, _bench.Token);

        Assert.True(Chain(result.Tls).IsValid);
        Assert.Equal(["default.example.com"], result.WithoutSni?.Leaf.DnsNames);
        Assert.Equal([CertificateProblem.Name], result.WithoutSni?.Problems);
    }

    [Theory]
    [InlineData("TLS good/REFUSE")]
    [InlineData("HELLO\nX: 15 03 03 00 02 02 70")]
    [InlineData("HELLO\nCLOSE")]
    [Trait("rfc", "8461-7.1-3")]
    public async Task A_server_that_refuses_clients_without_SNI_is_noticed(string steps)
    {
        await using var peer = _bench.Peer(ProbeBench.Healthy, ProbeBench.UpToTls + steps, RefusesOld);

        var result = await _bench.ProbeAsync(peer, _bench.Token);

        Assert.True(result.RefusesWithoutSni);
        Assert.Null(result.WithoutSni);
        Assert.IsType<TlsOutcome.Established>(result.Tls);
        Assert.Null(result.Stop);
    }

    [Theory]
    [InlineData("S: 421 too many connections")]
    [InlineData("CLOSE")]
    public async Task A_server_that_does_not_let_us_in_again_tells_nothing_about_SNI(string script)
    {
        await using var peer = _bench.Peer(ProbeBench.Healthy, script);

        var result = await _bench.ProbeAsync(peer, _bench.Token);

        Assert.False(result.RefusesWithoutSni);
        Assert.Null(result.WithoutSni);
        Assert.Null(result.LegacyTls);
        Assert.Equal(2, peer.Connections);
        Assert.Null(result.Stop);
        Assert.IsType<TlsOutcome.Established>(result.Tls);
    }

    [Theory]
    [InlineData("0301", "TLSv1")]
    [InlineData("0302", "TLSv1.1")]
    [Trait("rfc", "8996-4-1")]
    public async Task Old_TLS_beside_new_is_noticed(string version, string name)
    {
        var hello = $"X: 16 {version} 002a 02 000026 {version} {new string('0', 64)} 00 002f 00";
        await using var peer = _bench.Peer(ProbeBench.Healthy, WithoutSni("good"), $"{ProbeBench.UpToTls}HELLO\n{hello}");

        var result = await _bench.ProbeAsync(peer, _bench.Token);

        Assert.Equal(name, result.LegacyTls);
    }

    [Fact]
    public async Task A_slow_greeter_is_asked_once_only()
    {
        await using var peer = _bench.Peer("S: 220-wait\nPAUSE 4\n" + ProbeBench.Healthy);

        var probing = _bench.ProbeAsync(peer, _bench.Token);
        await Task.WhenAll(peer.WaitingAsync(_bench.Token), _bench.Clock.Waiting(_bench.Options.GreetingTimeout));
        _bench.Clock.Advance(TimeSpan.FromSeconds(4));
        var result = await probing;

        Assert.IsType<TlsOutcome.Established>(result.Tls);
        Assert.Equal(TimeSpan.FromSeconds(4), result.Timings.Greeting);
        Assert.Equal(1, peer.Connections);
    }

    [Fact]
    public async Task A_server_without_STARTTLS_is_asked_once_only()
    {
        await using var peer = _bench.Peer("S: 220 hi\nC: EHLO *\nS: 250 mx\nC: STARTTLS\nS: 502 no\nC: QUIT");

        await _bench.ProbeAsync(peer, _bench.Token);

        Assert.Equal(1, peer.Connections);
    }

    private static string WithoutSni(string names) => $"{ProbeBench.UpToTls}TLS {names}\nC: QUIT\nS: 221 bye";

    private static PresentedChain Chain(TlsOutcome tls) => Assert.IsType<TlsOutcome.Established>(tls).Chain;
}
