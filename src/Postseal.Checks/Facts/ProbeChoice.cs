using System.Net;
using Postseal.Outbound;
using Postseal.Smtp.Probe;

namespace Postseal.Checks.Facts;

/// <summary>Which addresses of a domain's MX hosts are probed, within <see cref="CheckBudget"/>.</summary>
public static class ProbeChoice
{
    /// <summary>The choice for one host.</summary>
    /// <param name="Probed">The addresses to probe.</param>
    /// <param name="LeftOut">The first of its addresses, where the host has some and none could be chosen; otherwise null.</param>
    public sealed record OfHost(IReadOnlyList<IPAddress> Probed, IPAddress? LeftOut);

    /// <summary>The first address of every host before the second of any, up to the bound of each neighbourhood.</summary>
    /// <param name="hosts">The addresses of each host, in the order in which the hosts are used.</param>
    public static IReadOnlyList<OfHost> Of(IReadOnlyList<IReadOnlyList<IPAddress>> hosts)
    {
        var perHost = CheckBudget.AddressesPerHost(hosts.Count);
        var visits = new Dictionary<IPAddress, int>();
        var chosen = hosts
            .SelectMany((all, host) => ProbeHost.Choose(all, perHost).Select((address, at) => (host, at, address)))
            .OrderBy(one => one.at)
            .ThenBy(one => one.host)
            .Where(one => Visit(Neighbourhood.Of(one.address)))
            .ToLookup(one => one.host);
        return
        [
            .. hosts.Select(
                (all, host) =>
                    new OfHost(
                        [.. chosen[host].Select(one => one.address)],
                        chosen.Contains(host) || all.Count == 0 ? null : all[0]
                    )
            ),
        ];

        bool Visit(IPAddress neighbourhood)
        {
            var before = visits.GetValueOrDefault(neighbourhood);
            visits[neighbourhood] = before + 1;
            return before < CheckBudget.MaxProbesPerNeighbourhood;
        }
    }
}
