using System.Net;
using Postseal.Checks.Facts;
using Postseal.Outbound;
using Xunit;

namespace Postseal.Tests.Checks.Gathering;

/// <summary>Which addresses of a domain's hosts are probed.</summary>
public sealed class ProbeChoiceTests
{
    [Fact]
    public void One_neighbourhood_is_visited_a_few_times_whatever_the_hosts_are_called()
    {
        var chosen = ProbeChoice.Of([.. Enumerable.Range(0, 10).Select(_ => Addresses("192.0.2.1"))]);

        Assert.Equal(CheckBudget.MaxProbesPerNeighbourhood, chosen.Sum(c => c.Probed.Count));
        Assert.All(chosen.Take(4), c => Assert.Null(c.LeftOut));
        Assert.All(chosen.Skip(4), c => Assert.Equal("192.0.2.1", $"{c.LeftOut}"));
    }

    [Fact]
    public void A_network_with_many_hosts_is_shared_between_them()
    {
        var chosen = ProbeChoice.Of([
            Addresses("2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4", "192.0.2.1"),
            Addresses("2001:db8::5"),
            Addresses("2001:db8::6"),
        ]);

        Assert.Equal(["2001:db8::1", "2001:db8::2", "192.0.2.1"], chosen[0].Probed.Select(a => $"{a}"));
        Assert.Equal(["2001:db8::5"], chosen[1].Probed.Select(a => $"{a}"));
        Assert.Equal(["2001:db8::6"], chosen[2].Probed.Select(a => $"{a}"));
    }

    [Fact]
    public void A_host_without_addresses_leaves_nothing_out() =>
        Assert.Equal(
            (0, null),
            ProbeChoice
                .Of([
                    [],
                ])
                .Select(c => (c.Probed.Count, c.LeftOut))
                .Single()
        );

    [Fact]
    public void However_many_hosts_there_are_the_probes_of_a_check_are_bounded()
    {
        var hosts = Enumerable
            .Range(0, CheckBudget.MaxHosts)
            .Select(h => Enumerable.Range(0, 16).Select(a => IPAddress.Parse($"192.0.{h}.{a}")));

        var chosen = ProbeChoice.Of([.. hosts.Select(h => h.ToList())]);

        Assert.InRange(chosen.Sum(c => c.Probed.Count), 1, CheckBudget.MaxProbes);
        Assert.All(chosen.SelectMany(c => c.Probed).GroupBy(Neighbourhood.Of), n => Assert.Single(n));
    }

    private static IReadOnlyList<IPAddress> Addresses(params string[] texts) => [.. texts.Select(IPAddress.Parse)];
}
