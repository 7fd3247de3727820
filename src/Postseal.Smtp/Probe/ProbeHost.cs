using System.Collections.Immutable;
using System.Net;
using Postseal.Outbound;
using Postseal.Protocol;

namespace Postseal.Smtp.Probe;

/// <summary>Probes every address of one MX host, side by side (standard.md 8461-8.4-2), but only one at a time of those that count as one
/// (<see cref="Neighbourhood"/>).</summary>
public sealed class ProbeHost(SmtpProbe probe, TimeProvider clock)
{
    /// <summary>Addresses probed of each family. The largest pools behind one MX name have about eight; a zone could list thousands and make us a flood.</summary>
    public const int MaxAddressesPerFamily = 8;

    /// <summary>Addresses probed of one host.</summary>
    public const int MaxAddresses = 2 * MaxAddressesPerFamily;

    /// <summary>Bytes received of one probe, at most: three connections of a handshake each, and replies.</summary>
    public const long MaxBytes = SmtpProbe.MaxConnections * (long)OutboundConnection.MaxReceived;

    /// <summary>One result per address of <see cref="Choose"/>.</summary>
    /// <param name="host">The reference name for certificates.</param>
    /// <param name="sni">The name for SNI: the host, or its TLSA base domain.</param>
    /// <param name="addresses">IPv4 and IPv6 addresses of the host.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public async Task<ImmutableArray<ProbeResult>> ProbeAllAsync(
        DomainName host,
        DomainName sni,
        IReadOnlyList<IPAddress> addresses,
        CancellationToken ct
    )
    {
        var chosen = Choose(addresses, MaxAddresses);
        var budget = new OutboundBudget(chosen.Length * SmtpProbe.MaxConnections, chosen.Length * MaxBytes);
        var turns = new AddressTurns(places: 1, TimeSpan.Zero, clock);
        return
        [
            .. await Task.WhenAll(
                chosen.Select(address =>
                    turns.PassAsync(address, budget, token => probe.ProbeAsync(host, sni, address, budget, token), ct)
                )
            ),
        ];
    }

    /// <summary>The addresses that are probed, each once, in the order given: of each family at most <see cref="MaxAddressesPerFamily"/>, from as many
    /// networks as there are.</summary>
    /// <param name="addresses">All addresses of the host.</param>
    /// <param name="max">How many at most; both families have their half of it, and what the other leaves.</param>
    public static ImmutableArray<IPAddress> Choose(IEnumerable<IPAddress> addresses, int max)
    {
        var all = addresses.Distinct().ToList();
        var chosen = all.GroupBy(a => a.AddressFamily)
            .SelectMany(family => Spread(family).Take(MaxAddressesPerFamily).Index())
            .OrderBy(one => one.Index)
            .Take(max)
            .Select(one => one.Item)
            .ToHashSet();
        return [.. all.Where(chosen.Contains)];
    }

    // The first of each network, then the second of each …
    private static IEnumerable<IPAddress> Spread(IEnumerable<IPAddress> family) =>
        family.GroupBy(Neighbourhood.Of).SelectMany(network => network.Index()).OrderBy(one => one.Index).Select(one => one.Item);
}
