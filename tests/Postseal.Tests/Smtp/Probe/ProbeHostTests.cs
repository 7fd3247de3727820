using System.Net;
using Postseal.Protocol.Tls;
using Postseal.Smtp.Probe;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Smtp.Probe;

/// <summary>All addresses of one host.</summary>
public sealed class ProbeHostTests : IDisposable
{
    private readonly ProbeBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    [Trait("rfc", "8461-8.4-2")]
    public async Task Addresses_are_probed_side_by_side_and_told_in_order()
    {
        await using var first = _bench.Peer("PAUSE 1\n" + ProbeBench.Healthy);
        await using var second = new ScriptedSmtpPeer(
            new(IPAddress.Parse("127.0.0.2"), first.EndPoint.Port),
            "PAUSE 1\nS: 554 no\nC: QUIT"
        )
        {
            Clock = _bench.Clock,
        };
        IPAddress[] addresses = [first.EndPoint.Address, second.EndPoint.Address, first.EndPoint.Address];

        var probing = Probe(first.EndPoint.Port).ProbeAllAsync(ProbeBench.Host, ProbeBench.Host, addresses, _bench.Token);
        // Both connections stand before the first server says its first word.
        await first.WaitingAsync(_bench.Token);
        await second.WaitingAsync(_bench.Token);
        _bench.Clock.Advance(TimeSpan.FromSeconds(1));
        var results = await probing;

        Assert.Equal(addresses[..2], results.Select(r => r.Address));
        Assert.IsType<TlsOutcome.Established>(results[0].Tls);
        Assert.Equal(new TlsOutcome.Unknown("smtp-554"), results[1].Tls);
    }

    [Fact]
    public async Task A_flood_of_addresses_is_cut_per_family()
    {
        _bench.Options = _bench.Options with { AllowPrivate = false };
        var v4 = Enumerable.Range(1, 100).Select(i => IPAddress.Parse($"127.0.0.{i}"));
        var v6 = Enumerable.Range(1, 3).Select(i => IPAddress.Parse($"fe80::{i}"));

        var results = await Probe(25).ProbeAllAsync(ProbeBench.Host, ProbeBench.Host, [.. v4, .. v6], _bench.Token);

        Assert.Equal(ProbeHost.MaxAddressesPerFamily + 3, results.Length);
        Assert.All(results, r => Assert.IsType<ProbeStop.AddressRefused>(r.Stop));
    }

    private ProbeHost Probe(int port) => new(new SmtpProbe(_bench.Options with { Port = port }, _bench.Clock), _bench.Clock);
}
