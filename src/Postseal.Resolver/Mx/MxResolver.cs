using System.Net;
using System.Net.Sockets;
using Postseal.Protocol;
using Postseal.Resolver.Dns;

namespace Postseal.Resolver.Mx;

/// <summary>Finds the hosts that take a domain's mail (RFC 5321 §5.1, RFC 7505).</summary>
public sealed class MxResolver(IDns dns)
{
    /// <summary>Asks for MX records, and for addresses of the domain itself where there is none.</summary>
    public async Task<MxLookup> LookupAsync(DomainName domain, CancellationToken ct) =>
        await dns.MxAsync(domain, ct) switch
        {
            DnsAnswer<MxRecord>.Found { Records: [{ IsNull: true }] } only => new MxLookup.NullMx(only.Secure),
            DnsAnswer<MxRecord>.Found found => Explicit(found),
            DnsAnswer<MxRecord>.Absent { NameExists: true } absent => await ImplicitAsync(domain, absent.Secure, ct),
            // A CNAME that leads nowhere: the domain itself does exist.
            DnsAnswer<MxRecord>.Absent absent => new MxLookup.Nowhere(NameExists: absent.Aliases.Count > 0, []),
            DnsAnswer<MxRecord>.Failed failed => new MxLookup.Failed(failed.Failure, failed.Detail),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    // A null MX beside others is ignored (standard.md 7505-3-1), and so is an exchange that is no name.
    private static MxLookup Explicit(DnsAnswer<MxRecord>.Found found)
    {
        var hosts = found
            .Records.Where(r => r.Exchange is not null)
            .GroupBy(r => r.Exchange!)
            .Select(g => new MxHost(g.Key, g.Min(r => r.Preference)))
            .OrderBy(h => h.Preference)
            .ThenBy(h => h.Name)
            .ToList();
        return hosts.Count == 0
            ? new MxLookup.Nowhere(NameExists: true, found.Records)
            : new MxLookup.Hosts(hosts, found.Secure, IsImplicit: false, found.Records);
    }

    private async Task<MxLookup> ImplicitAsync(DomainName domain, bool secure, CancellationToken ct)
    {
        var v4 = dns.AddressesAsync(domain, AddressFamily.InterNetwork, ct);
        var v6 = dns.AddressesAsync(domain, AddressFamily.InterNetworkV6, ct);
        var answers = await Task.WhenAll(v4, v6);
        if (answers.Any(a => a is DnsAnswer<IPAddress>.Found))
            return new MxLookup.Hosts([new(domain, 0)], secure, IsImplicit: true, []);

        return answers.OfType<DnsAnswer<IPAddress>.Failed>().FirstOrDefault() is { } failed
            ? new MxLookup.Failed(failed.Failure, failed.Detail)
            : new MxLookup.Nowhere(NameExists: true, []);
    }
}
