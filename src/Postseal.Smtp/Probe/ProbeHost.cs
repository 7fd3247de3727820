using System.Collections.Immutable;
using System.Net;
using Postseal.Protocol;

namespace Postseal.Smtp.Probe;

/// <summary>Probes every address of one MX host, side by side (standard.md 8461-8.4-2).</summary>
public sealed class ProbeHost(SmtpProbe probe)
{
    /// <summary>Addresses probed of each family. The largest pools behind one MX name have about eight; a zone could list thousands and make us a flood.</summary>
    public const int MaxAddressesPerFamily = 8;

    /// <summary>One result per distinct address, in the order given; addresses beyond <see cref="MaxAddressesPerFamily"/> have none.</summary>
    /// <param name="host">The reference name for certificates.</param>
    /// <param name="sni">The name for SNI: the host, or its TLSA base domain.</param>
    /// <param name="addresses">IPv4 and IPv6 addresses of the host.</param>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public async Task<ImmutableArray<ProbeResult>> ProbeAllAsync(
        DomainName host,
        DomainName sni,
        IReadOnlyList<IPAddress> addresses,
        CancellationToken ct
    ) => [.. await Task.WhenAll(Choose(addresses).Select(address => probe.ProbeAsync(host, sni, address, ct)))];

    /// <summary>The addresses that are probed, each once.</summary>
    public static ImmutableArray<IPAddress> Choose(IEnumerable<IPAddress> addresses) =>
        [.. addresses.Distinct().GroupBy(a => a.AddressFamily).SelectMany(family => family.Take(MaxAddressesPerFamily))];
}
