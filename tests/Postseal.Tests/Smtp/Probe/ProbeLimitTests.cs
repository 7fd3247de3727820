using Postseal.Protocol.Tls;
using Postseal.Smtp.Probe;
using Xunit;

namespace Postseal.Tests.Smtp.Probe;

/// <summary>Servers that hang, drip or flood: each ends in bounded time and memory.</summary>
public sealed class ProbeLimitTests : IDisposable
{
    private const string Ehlo = "S: 220 hi\nC: EHLO *\n";
    private const string Offer = Ehlo + "S: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\n";

    private static readonly byte[][] Noise = MakeNoise();

    private readonly ProbeBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("HANG")]
    [InlineData("S: 220-please wait\nHANG")]
    [InlineData("X: 32 32 30 20 68\nHANG")]
    [Trait("rfc", "5321-4.5.3.2-1")]
    public async Task A_greeting_that_does_not_come_within_30_s_is_unknown(string script)
    {
        await using var peer = _bench.Peer(script);

        var probing = _bench.ProbeAsync(peer, _bench.Token);
        await _bench.Clock.Waiting(TimeSpan.FromSeconds(30));
        _bench.Clock.Advance(TimeSpan.FromSeconds(30));
        var result = await probing;

        Assert.Equal(new TlsOutcome.Unknown("greeting-timeout"), result.Tls);
        Assert.Equal(ProbeStep.Greeting, Assert.IsType<ProbeStop.TimedOut>(result.Stop).Step);
    }

    [Theory]
    [InlineData(Ehlo, ProbeStep.Ehlo)]
    [InlineData(Ehlo + "S: 250-mx\n", ProbeStep.Ehlo)]
    [InlineData(Offer, ProbeStep.StartTls)]
    [InlineData(Offer + "S: 220 go\nHELLO\n", ProbeStep.Handshake)]
    [InlineData(Offer + "S: 220 go\nHELLO\nX: 16 03 03 00 7a\n", ProbeStep.Handshake)]
    [InlineData(Offer + "S: 220 go\nTLS good\nC: EHLO *\n", ProbeStep.EhloTls)]
    public async Task A_server_that_hangs_later_is_left_after_the_limit_of_the_step(string script, ProbeStep step)
    {
        var result = await HangsAsync(script + "HANG", _bench.Options.StepTimeout);

        Assert.Equal(step, Assert.IsType<ProbeStop.TimedOut>(result.Stop).Step);
        switch (step)
        {
            case ProbeStep.Ehlo:
                Assert.Equal(new TlsOutcome.Unknown("ehlo-timeout"), result.Tls);
                break;
            case ProbeStep.StartTls:
                Assert.Equal(new TlsOutcome.HandshakeFailed("starttls-timeout"), result.Tls);
                break;
            case ProbeStep.Handshake:
                Assert.Equal(new TlsOutcome.HandshakeFailed("timeout"), result.Tls);
                break;
            default:
                Assert.IsType<TlsOutcome.Established>(result.Tls);
                break;
        }
    }

    [Fact]
    public async Task A_server_that_hangs_at_QUIT_is_left_soon_and_without_blame()
    {
        var result = await HangsAsync(
            ProbeBench.Healthy.Replace("S: 221 2.0.0 bye", "HANG", StringComparison.Ordinal),
            TimeSpan.FromSeconds(2)
        );

        Assert.Null(result.Stop);
        Assert.IsType<TlsOutcome.Established>(result.Tls);
    }

    [Fact]
    public async Task One_octet_per_second_does_not_outlast_the_limit()
    {
        await using var peer = _bench.Peer("DRIP 220-");

        var probing = _bench.ProbeAsync(peer, _bench.Token);
        await _bench.Clock.Waiting(_bench.Options.GreetingTimeout);
        for (var second = 0; second < 30; second++)
        {
            await peer.WaitingAsync(_bench.Token);
            _bench.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        var result = await probing;

        Assert.Equal(new TlsOutcome.Unknown("greeting-timeout"), result.Tls);
        Assert.Equal(_bench.Options.GreetingTimeout, result.Timings.Greeting);
    }

    [Theory]
    [InlineData("FLOOD 220-and more")]
    [InlineData("FLOOD 220-")]
    public async Task A_banner_without_end_is_not_SMTP(string script)
    {
        var result = await _bench.ProbeAsync(script);

        Assert.Equal(new TlsOutcome.Unknown("not-smtp"), result.Tls);
    }

    [Fact]
    public async Task A_line_of_10_MB_is_not_SMTP()
    {
        var result = await _bench.ProbeAsync("S: 220 " + new string('x', 10_000_000));

        Assert.Equal(new TlsOutcome.Unknown("not-smtp"), result.Tls);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("", "32 32 30 ")]
    [InlineData(Ehlo, "32 35 30 2d ")]
    [InlineData(Offer, "32 32 30 20 ")]
    [InlineData(Offer + "S: 220 go\nHELLO\n", "16 03 03 00 ")]
    [InlineData(Offer + "S: 220 go\nTLS good\nC: EHLO *\n", "32 35 30 2d ")]
    public async Task Whatever_octets_come_there_is_a_result(string script, string start)
    {
        await using var peer = _bench.Peer([
            .. Noise.Select(octets => $"{script}X: {start}{Convert.ToHexString(octets)}\nCLOSE"),
        ]);

        foreach (var _ in Noise)
            Assert.NotNull((await _bench.ProbeAsync(peer, _bench.Token)).Stop);
    }

    [Theory]
    [InlineData("HANG")]
    [InlineData(Ehlo + "HANG")]
    [InlineData(Offer + "S: 220 go\nHELLO\nHANG")]
    public async Task Cancelling_is_no_result(string script)
    {
        await using var peer = _bench.Peer(script);
        using var cancel = new CancellationTokenSource();

        var probing = _bench.ProbeAsync(peer, cancel.Token);
        await peer.WaitingAsync(_bench.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probing);
    }

    [Fact]
    public async Task A_handshake_without_SNI_that_hangs_is_no_refusal()
    {
        _bench.Options = _bench.Options with { CompareVariants = true };
        await using var peer = _bench.Peer(ProbeBench.Healthy, ProbeBench.UpToTls + "HELLO\nHANG", "S: 554 enough\nC: QUIT");

        var probing = _bench.ProbeAsync(peer, _bench.Token);
        await peer.WaitingAsync(_bench.Token);
        _bench.Clock.Advance(_bench.Options.StepTimeout);
        var result = await probing;

        Assert.False(result.RefusesWithoutSni);
        Assert.Null(result.WithoutSni);
        Assert.Equal(3, peer.Connections);
    }

    private async Task<ProbeResult> HangsAsync(string script, TimeSpan limit)
    {
        await using var peer = _bench.Peer(script);

        var probing = _bench.ProbeAsync(peer, _bench.Token);
        await peer.WaitingAsync(_bench.Token);
        return await _bench.Clock.PassUntilAsync(limit, probing);
    }

    private static byte[][] MakeNoise()
    {
        var random = new Random(8461);
        var noise = Enumerable.Range(1, 40).Select(length => new byte[length * length]).ToArray();
        foreach (var octets in noise)
            random.NextBytes(octets);
        return noise;
    }
}
