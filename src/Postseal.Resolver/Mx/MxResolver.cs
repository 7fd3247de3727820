using System.Net;
using System.Net.Sockets;
using Postseal.Protocol;
using Postseal.Resolver.Dns;

namespace Postseal.Resolver.Mx;

/// <summary>Finds the hosts that take a domain's mail (RFC 5321 §5.1, RFC 7505).</summary>
public sealed class MxResolver(IDns dns)
{
    /// <summary>Asks for MX records and, where there are none, for the domain's own addresses. Only cancellation throws.</summary>
    public async Task<MxLookup> LookupAsync(DomainName domain, CancellationToken ct) =>
        await dns.MxAsync(domain, ct) switch
        {
            DnsAnswer<MxRecord>.Found found => FromRecords(found),
            // A CNAME that leads nowhere: the name itself is there, so only its target is missing.
            DnsAnswer<MxRecord>.Absent { NameExists: false } absent => new MxLookup.Nowhere(absent.Aliases.Count > 0, []),
            DnsAnswer<MxRecord>.Absent { Secure: var secure } => await ImplicitAsync(domain, secure, ct),
            DnsAnswer<MxRecord>.Failed failed => new MxLookup.Failed(failed.Failure, failed.Detail),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static MxLookup FromRecords(DnsAnswer<MxRecord>.Found found)
    {
        if (found.Records is [{ IsNull: true }])
            return new MxLookup.NullMx(found.Secure);

        // Beside others a null MX says nothing (RFC 7505 §3); neither does an address or other text that is no name.
        MxHost[] hosts =
        [
            .. found
                .Records.Where(r => r.Exchange is not null)
                .OrderBy(r => r.Preference)
                .ThenBy(r => r.Exchange)
                .DistinctBy(r => r.Exchange)
                .Select(r => new MxHost(r.Exchange!, r.Preference)),
        ];
        return hosts.Length > 0
            ? new MxLookup.Hosts(hosts, found.Secure, IsImplicit: false, found.Records)
            : new MxLookup.Nowhere(NameExists: true, found.Records);
    }

    private async Task<MxLookup> ImplicitAsync(DomainName domain, bool secure, CancellationToken ct)
    {
        var answers = await Task.WhenAll(
            dns.AddressesAsync(domain, AddressFamily.InterNetwork, ct),
            dns.AddressesAsync(domain, AddressFamily.InterNetworkV6, ct)
        );
        if (answers.Any(a => a is DnsAnswer<IPAddress>.Found))
            return new MxLookup.Hosts([new(domain, 0)], secure, IsImplicit: true, []);

        return answers.OfType<DnsAnswer<IPAddress>.Failed>().FirstOrDefault() is { } failed
            ? new MxLookup.Failed(failed.Failure, failed.Detail)
            : new MxLookup.Nowhere(NameExists: true, []);
    }
}
