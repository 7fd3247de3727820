using System.Net;
using Postseal.Protocol;
using Postseal.Protocol.Tls;
using Postseal.Smtp.Probe;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Smtp.Probe;

/// <summary>The conversation itself: what is said, and what is kept of the answers.</summary>
public sealed class SmtpProbeTests : IDisposable
{
    private readonly ProbeBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(Chunks.Whole)]
    [InlineData(Chunks.Lines)]
    [InlineData(Chunks.Octets)]
    [Trait("rfc", "3207-4.2-1")]
    public async Task A_good_server_is_told_whatever_the_pieces_it_talks_in(Chunks chunks)
    {
        await using var peer = _bench.Peer(chunks, IPAddress.Loopback, ProbeBench.Healthy);

        var result = await _bench.ProbeAsync(peer, _bench.Token);

        Assert.Empty(peer.Mismatches);
        var tls = Assert.IsType<TlsOutcome.Established>(result.Tls);
        Assert.Equal(("TLSv1.3", "TLS_AES_256_GCM_SHA384"), (tls.Protocol, tls.CipherSuite));
        Assert.Equal([], tls.Chain.Problems);
        Assert.Null(result.Stop);
        Assert.Equal("mx.example.com ESMTP ready", result.Banner?.Text);
        Assert.Equal(["SIZE", "STARTTLS"], result.Ehlo?.Keywords.Select(k => k.Name));
        Assert.Equal("2.0.0", result.StartTlsReply?.EnhancedCode);
        Assert.Equal(["REQUIRETLS"], result.EhloTls?.Keywords.Select(k => k.Name));
        Assert.False(result.HiddenStartTls);
    }

    [Fact]
    [Trait("rfc", "8461-7.2-1")]
    public async Task A_server_of_TLS_1_2_is_good_enough()
    {
        var result = await _bench.ProbeAsync(ProbeBench.Healthy.Replace("TLS good", "TLS12 good", StringComparison.Ordinal));

        Assert.Equal("TLSv1.2", Assert.IsType<TlsOutcome.Established>(result.Tls).Protocol);
        Assert.Null(result.Stop);
    }

    [Fact]
    public async Task No_mail_is_begun_and_one_connection_is_enough()
    {
        await using var peer = _bench.Peer(ProbeBench.Healthy);

        await _bench.ProbeAsync(peer, _bench.Token);

        string[] said = ["EHLO probe.example.net", "STARTTLS", "SNI mx.example.com", "EHLO probe.example.net", "QUIT"];
        Assert.Equal(said, peer.Heard);
        Assert.Equal(1, peer.Connections);
    }

    [Fact]
    public async Task An_IPv6_address_is_probed_like_any_other()
    {
        await using var peer = _bench.Peer(Chunks.Whole, IPAddress.IPv6Loopback, ProbeBench.Healthy);

        var result = await _bench.ProbeAsync(peer, _bench.Token);

        Assert.IsType<TlsOutcome.Established>(result.Tls);
        Assert.Equal(IPAddress.IPv6Loopback, result.Address);
    }

    [Fact]
    [Trait("rfc", "8461-7.1-1")]
    public async Task The_name_for_SNI_may_differ_from_the_name_the_certificate_is_judged_for()
    {
        await using var peer = _bench.Peer(ProbeBench.Healthy);
        var probe = new SmtpProbe(_bench.Options with { Port = peer.EndPoint.Port }, _bench.Clock);

        var result = await probe.ProbeAsync(
            ProbeBench.Host,
            DomainName.Parse("base.example.org"),
            IPAddress.Loopback,
            ProbeBench.Plenty(),
            _bench.Token
        );

        Assert.Contains("SNI base.example.org", peer.Heard);
        Assert.True(Assert.IsType<TlsOutcome.Established>(result.Tls).Chain.IsValid);
    }

    [Fact]
    public async Task A_banner_of_several_lines_is_kept_as_it_came_escape_sequences_and_all()
    {
        var result = await _bench.ProbeAsync(
            ProbeBench.Healthy.Replace(
                "S: 220 mx.example.com ESMTP ready",
                "S: 220-\u001b[2J\u001b]0;owned\u0007\nS: 220 \u009bH\u00e9",
                StringComparison.Ordinal
            )
        );

        Assert.Equal(["\u001b[2J\u001b]0;owned\u0007", "\u009bH\u00e9"], result.Banner?.Lines);
        Assert.IsType<TlsOutcome.Established>(result.Tls);
    }

    [Fact]
    public async Task Each_step_reached_has_its_duration()
    {
        var reached = (await _bench.ProbeAsync(ProbeBench.Healthy)).Timings;
        var refused = (await _bench.ProbeAsync("S: 554 no\nC: QUIT")).Timings;

        Assert.Equal(new ProbeTimings(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero), reached);
        Assert.Equal(new ProbeTimings(TimeSpan.Zero, TimeSpan.Zero, null, null, TimeSpan.Zero), refused);
    }

    [Fact]
    public async Task A_server_that_refuses_EHLO_inside_TLS_still_has_TLS()
    {
        var result = await _bench.ProbeAsync(ProbeBench.UpToTls + "TLS good\nC: EHLO *\nS: 421 4.3.2 shutting down\nC: QUIT");

        Assert.IsType<TlsOutcome.Established>(result.Tls);
        Assert.Null(result.EhloTls);
        Assert.Equal(421, Assert.IsType<ProbeStop.Rejected>(result.Stop).Reply.Code);
        Assert.Equal(ProbeStep.EhloTls, result.Stop?.Step);
    }

    [Fact]
    public async Task A_server_that_hangs_up_instead_of_saying_goodbye_is_no_worse_for_it()
    {
        var result = await _bench.ProbeAsync(ProbeBench.Healthy.Replace("S: 221 2.0.0 bye", "CLOSE", StringComparison.Ordinal));

        Assert.Null(result.Stop);
        Assert.IsType<TlsOutcome.Established>(result.Tls);
    }
}
