using System.Net;
using Postseal.Checks.Facts;
using Postseal.Protocol;
using Postseal.Protocol.Tls;
using Postseal.Smtp.Probe;
using Postseal.Tests.Fakes;
using Postseal.Tests.Smtp.Probe;
using Xunit;

namespace Postseal.Tests.Checks.Gathering;

public sealed class ProbeDeskTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Share = TimeSpan.FromSeconds(30);

    private readonly ProbeBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Those_who_ask_at_the_same_time_share_one_probe()
    {
        await using var peer = _bench.Peer(ProbeBench.Healthy, ProbeBench.Healthy);
        using var desk = await WaitingDeskAsync(peer);

        var (one, other) = (Probe(desk, "mx.example.com"), Probe(desk, "mx.example.com"));
        await _bench.Clock.Waiting(Interval);
        _bench.Clock.Advance(Interval);

        Assert.Same(await one, await other);
        Assert.IsType<TlsOutcome.Established>((await one).Tls);
    }

    [Fact]
    public async Task A_result_answers_for_a_while_and_then_is_asked_for_again()
    {
        await using var peer = _bench.Peer(ProbeBench.Healthy, ProbeBench.Healthy);
        using var desk = Desk(peer, new() { Share = Share });

        var first = await Probe(desk, "mx.example.com");
        _bench.Clock.Advance(Share - TimeSpan.FromSeconds(1));
        Assert.Same(first, await Probe(desk, "mx.example.com"));

        _bench.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.NotSame(first, await Probe(desk, "mx.example.com"));
    }

    [Fact]
    public async Task The_next_probe_of_an_address_waits_for_the_interval_and_the_first_asker_does_not()
    {
        await using var peer = _bench.Peer(ProbeBench.Healthy, ProbeBench.Healthy);
        using var desk = Desk(peer, new() { Interval = Interval });

        await Probe(desk, "mx.example.com");
        var next = Probe(desk, "mx2.example.com");
        await _bench.Clock.Waiting(Interval);
        Assert.False(next.IsCompleted);

        _bench.Clock.Advance(Interval);
        Assert.Equal("mx2.example.com", (await next).Host.Value);
    }

    [Fact]
    public async Task Who_gives_up_leaves_the_probe_to_the_others()
    {
        await using var peer = _bench.Peer(ProbeBench.Healthy, ProbeBench.Healthy);
        using var desk = await WaitingDeskAsync(peer);
        using var impatient = new CancellationTokenSource();

        var gone = desk.ProbeAsync(ProbeBench.Host, ProbeBench.Host, IPAddress.Loopback, ProbeBench.Plenty(), impatient.Token);
        var patient = Probe(desk, "mx.example.com");
        await _bench.Clock.Waiting(Interval);
        await impatient.CancelAsync();
        _bench.Clock.Advance(Interval);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        Assert.IsType<TlsOutcome.Established>((await patient).Tls);
    }

    [Fact]
    public async Task Who_wants_a_probe_that_another_could_not_pay_for_has_one_of_its_own()
    {
        await using var peer = _bench.Peer(ProbeBench.Healthy, ProbeBench.Healthy);
        using var desk = await WaitingDeskAsync(peer);

        var poor = desk.ProbeAsync(ProbeBench.Host, ProbeBench.Host, IPAddress.Loopback, new(0, 0), _bench.Token);
        var other = Probe(desk, ProbeBench.Host.Value);
        await _bench.Clock.Waiting(Interval);
        _bench.Clock.Advance(Interval);
        Assert.IsType<ProbeStop.OverBudget>((await poor).Stop);
        await _bench.Clock.Waiting(Interval);
        _bench.Clock.Advance(Interval);

        Assert.IsType<TlsOutcome.Established>((await other).Tls);
    }

    [Fact]
    public async Task A_probe_that_nobody_waits_for_any_more_is_not_made()
    {
        await using var peer = _bench.Peer(ProbeBench.Healthy, ProbeBench.Healthy);
        using var desk = await WaitingDeskAsync(peer);
        using var impatient = new CancellationTokenSource();
        var budget = ProbeBench.Plenty();

        var gone = desk.ProbeAsync(ProbeBench.Host, ProbeBench.Host, IPAddress.Loopback, budget, impatient.Token);
        await _bench.Clock.Waiting(Interval);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        var next = Probe(desk, "mx3.example.com"); // in line behind it
        _bench.Clock.Advance(Interval);

        Assert.Equal("mx3.example.com", (await next).Host.Value);
        Assert.Equal(0, budget.Connections);
    }

    // The next probe waits, so that all ask before it begins.
    private async Task<ProbeDesk> WaitingDeskAsync(ScriptedSmtpPeer peer)
    {
        var desk = Desk(peer, new() { Interval = Interval });
        await Probe(desk, "mx2.example.com");
        return desk;
    }

    private ProbeDesk Desk(ScriptedSmtpPeer peer, ProbePace pace) =>
        new(_bench.Options with { Port = peer.EndPoint.Port }, pace, _bench.Clock);

    private Task<ProbeResult> Probe(ProbeDesk desk, string host) =>
        desk.ProbeAsync(DomainName.Parse(host), DomainName.Parse(host), IPAddress.Loopback, ProbeBench.Plenty(), _bench.Token);
}
