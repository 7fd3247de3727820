using System.Net;
using System.Net.Sockets;
using Postseal.Protocol;
using Postseal.Protocol.Dane;

namespace Postseal.Resolver.Dns;

/// <summary>The DNS seam. Every method follows CNAMEs, has its own deadline, and answers with a value for whatever a server can do; only cancellation throws.</summary>
public interface IDns
{
    /// <summary>TXT records; the strings of one record joined with nothing between, one char per byte (Latin-1), so that parsers see hostile bytes.</summary>
    Task<DnsAnswer<string>> TxtAsync(DomainName name, CancellationToken ct);

    /// <summary>MX records, unsorted.</summary>
    Task<DnsAnswer<MxRecord>> MxAsync(DomainName name, CancellationToken ct);

    /// <summary>A (<see cref="AddressFamily.InterNetwork"/>) or AAAA (<see cref="AddressFamily.InterNetworkV6"/>) records.</summary>
    Task<DnsAnswer<IPAddress>> AddressesAsync(DomainName name, AddressFamily family, CancellationToken ct);

    /// <summary>TLSA records. Malformed ones are delivered as unusable records, not dropped.</summary>
    Task<DnsAnswer<TlsaRecord>> TlsaAsync(DomainName name, CancellationToken ct);

    /// <summary>The CNAME at exactly this name, not followed (RFC 7672 §2.2.2 asks whether the first link is secure).</summary>
    Task<DnsAnswer<DomainName>> CnameAsync(DomainName name, CancellationToken ct);

    /// <summary>PTR names of an address. Names that are no host names are left out.</summary>
    Task<DnsAnswer<DomainName>> PtrAsync(IPAddress address, CancellationToken ct);
}

/// <summary>One MX record as published.</summary>
/// <param name="Preference">Lower is tried first (RFC 5321 §5.1).</param>
/// <param name="ExchangeText">The exchange as DNS shows it, without the final dot; <c>.</c> for a null MX (RFC 7505).</param>
/// <param name="Exchange">The exchange as a name; null for <c>.</c> and for text that is no domain name.</param>
public sealed record MxRecord(int Preference, string ExchangeText, DomainName? Exchange)
{
    /// <summary>True for the exchange <c>.</c> (RFC 7505 §3).</summary>
    public bool IsNull => ExchangeText == ".";
}
