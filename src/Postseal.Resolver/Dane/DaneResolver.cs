using System.Net;
using System.Net.Sockets;
using Postseal.Protocol;
using Postseal.Protocol.Dane;
using Postseal.Resolver.Dns;

namespace Postseal.Resolver.Dane;

/// <summary>Finds the TLSA records of one MX host (RFC 7672 §2.2.2, §2.2.3).</summary>
public sealed class DaneResolver(IDns dns)
{
    /// <summary>Records of one RRset that are looked at, those a sender can use first: real ones have two to four, an answer has room for a thousand.</summary>
    public const int MaxRecords = 32;

    /// <summary>Asks for the host's addresses, then for TLSA records.</summary>
    /// <param name="host">The exchange of the MX record.</param>
    /// <param name="port">The port that will be connected to.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<DaneLookup> LookupAsync(DomainName host, int port, CancellationToken ct)
    {
        var v4 = dns.AddressesAsync(host, AddressFamily.InterNetwork, ct);
        var v6 = dns.AddressesAsync(host, AddressFamily.InterNetworkV6, ct);
        return await LookupAsync(host, await v4, await v6, port, ct);
    }

    /// <summary>Asks for TLSA records where the address answers allow it.</summary>
    /// <param name="host">The exchange of the MX record.</param>
    /// <param name="v4">The answer for its A records: addresses come before TLSA.</param>
    /// <param name="v6">The answer for its AAAA records.</param>
    /// <param name="port">The port that will be connected to.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<DaneLookup> LookupAsync(
        DomainName host,
        DnsAnswer<IPAddress> v4,
        DnsAnswer<IPAddress> v6,
        int port,
        CancellationToken ct
    )
    {
        // A failing AAAA (or A) beside an answered one counts as "no such address" (standard.md 7672-2.2.2-2).
        var addresses = new[] { v4, v6 }.OfType<DnsAnswer<IPAddress>.Found>().ToList();
        if (addresses.Count == 0)
            return new DaneLookup.NotApplicable("no-address");

        if (addresses.Find(a => a.Secure) is { } secure)
            return await FirstAsync(secure.Aliases is [.., var expanded] ? [expanded, host] : [host], port, ct);

        if (addresses.All(a => a.Aliases.Count == 0))
            return new DaneLookup.NotApplicable("address-insecure");

        return await dns.CnameAsync(host, ct) switch
        {
            // The alias is secure, only what it leads to is not: the name before the alias still counts (RFC 7672 §2.2.2).
            DnsAnswer<DomainName>.Found { Secure: true } => await FirstAsync([host], port, ct),
            DnsAnswer<DomainName>.Failed failed => new DaneLookup.Failed(failed.Failure, failed.Detail),
            _ => new DaneLookup.NotApplicable("address-insecure"),
        };
    }

    // The first base domain with secure records wins; a failed look-up ends the search (RFC 7672 §2.1.2).
    private async Task<DaneLookup> FirstAsync(IReadOnlyList<DomainName> baseDomains, int port, CancellationToken ct)
    {
        var reason = "no-tlsa";
        foreach (var baseDomain in baseDomains)
        {
            if (!baseDomain.TryPrepend(TlsaRecord.Labels(port), out var name))
                continue;

            switch (await dns.TlsaAsync(name, ct))
            {
                case DnsAnswer<TlsaRecord>.Found { Secure: true, Records: var records }:
                    records =
                        records.Count <= MaxRecords ? records : [.. records.OrderByDescending(r => r.IsUsable).Take(MaxRecords)];
                    return records.Any(r => r.IsUsable)
                        ? new DaneLookup.Usable(baseDomain, records)
                        : new DaneLookup.Unusable(baseDomain, records);
                case DnsAnswer<TlsaRecord>.Found:
                    reason = "tlsa-insecure";
                    break;
                case DnsAnswer<TlsaRecord>.Failed failed:
                    return new DaneLookup.Failed(failed.Failure, failed.Detail);
            }
        }

        return new DaneLookup.NotApplicable(reason);
    }
}
