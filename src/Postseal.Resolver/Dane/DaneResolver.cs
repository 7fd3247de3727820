using System.Net;
using Postseal.Protocol;
using Postseal.Protocol.Dane;
using Postseal.Resolver.Dns;

namespace Postseal.Resolver.Dane;

/// <summary>Finds the TLSA records of one MX host (RFC 7672 §2.2.2).</summary>
/// <param name="dns">The resolver; without one that validates DNSSEC, DANE never applies.</param>
/// <param name="port">The port that will be connected to: 25 outside labs (RFC 7672 §2.2.3).</param>
public sealed class DaneResolver(IDns dns, int port)
{
    /// <summary>Asks for TLSA where, and only where, the address answers are secure. Only cancellation throws.</summary>
    /// <param name="host">The exchange of the MX record.</param>
    /// <param name="v4">Its A answer; a failure of one family does not count when the other has addresses.</param>
    /// <param name="v6">Its AAAA answer.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<DaneLookup> LookupAsync(
        DomainName host,
        DnsAnswer<IPAddress> v4,
        DnsAnswer<IPAddress> v6,
        CancellationToken ct
    )
    {
        DnsAnswer<IPAddress>.Found[] found = [.. new[] { v4, v6 }.OfType<DnsAnswer<IPAddress>.Found>()];
        if (found.Length == 0)
            return new DaneLookup.NotApplicable("no-address");

        var secure = found.All(f => f.Secure);
        return found[0].Aliases is [.., var expanded] ? await AliasedAsync(host, expanded, secure, ct)
            : secure ? await TlsaAsync(host, ct)
            : new DaneLookup.NotApplicable("address-insecure");
    }

    /// <summary>The expanded name first, then the host's own; never a name in between (RFC 7672 §2.2.2).</summary>
    private async Task<DaneLookup> AliasedAsync(DomainName host, DomainName expanded, bool secure, CancellationToken ct)
    {
        if (secure)
        {
            var atExpanded = await TlsaAsync(expanded, ct);
            return atExpanded is DaneLookup.NotApplicable ? await TlsaAsync(host, ct) : atExpanded;
        }

        return await dns.CnameAsync(host, ct) switch
        {
            DnsAnswer<DomainName>.Found { Secure: true } => await TlsaAsync(host, ct),
            DnsAnswer<DomainName>.Failed failed => new DaneLookup.Failed(failed.Failure, failed.Detail),
            _ => new DaneLookup.NotApplicable("address-insecure"),
        };
    }

    private async Task<DaneLookup> TlsaAsync(DomainName baseDomain, CancellationToken ct)
    {
        if (!baseDomain.TryPrepend(TlsaRecord.Labels(port), out var name))
            return new DaneLookup.NotApplicable("no-tlsa");

        return await dns.TlsaAsync(name, ct) switch
        {
            DnsAnswer<TlsaRecord>.Found { Secure: false } => new DaneLookup.NotApplicable("tlsa-insecure"),
            DnsAnswer<TlsaRecord>.Found { Records: var records } when records.Any(r => r.IsUsable) => new DaneLookup.Usable(
                baseDomain,
                records
            ),
            DnsAnswer<TlsaRecord>.Found { Records: var records } => new DaneLookup.Unusable(baseDomain, records),
            DnsAnswer<TlsaRecord>.Failed failed => new DaneLookup.Failed(failed.Failure, failed.Detail),
            _ => new DaneLookup.NotApplicable("no-tlsa"),
        };
    }
}
