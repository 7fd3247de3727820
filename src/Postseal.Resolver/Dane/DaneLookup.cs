using Postseal.Protocol;
using Postseal.Protocol.Dane;
using Postseal.Resolver.Dns;

namespace Postseal.Resolver.Dane;

/// <summary>What DANE says about one MX host (RFC 7672 §2.2).</summary>
public abstract record DaneLookup
{
    private DaneLookup() { }

    /// <summary>DANE does not apply: no TLSA records, or an answer that is not secure.</summary>
    /// <param name="Reason">Stable code: <c>address-insecure</c>, <c>no-tlsa</c>, <c>tlsa-insecure</c>, <c>no-address</c>.</param>
    public sealed record NotApplicable(string Reason) : DaneLookup;

    /// <summary>A secure RRset with at least one usable record: only TLS authenticated by it counts (RFC 7672 §2.2).</summary>
    /// <param name="BaseDomain">TLSA base domain, which is also the SNI name (RFC 7672 §8.1).</param>
    /// <param name="Records">All records, unusable ones included.</param>
    public sealed record Usable(DomainName BaseDomain, IReadOnlyList<TlsaRecord> Records) : DaneLookup;

    /// <summary>A secure, non-empty RRset with no usable record: TLS is required, authentication is not (RFC 7672 §2.2).</summary>
    public sealed record Unusable(DomainName BaseDomain, IReadOnlyList<TlsaRecord> Records) : DaneLookup;

    /// <summary>The TLSA look-up failed under a secure address: the host counts as unreachable (RFC 7672 §2.1.2).</summary>
    public sealed record Failed(DnsFailure Failure, string Detail) : DaneLookup;
}
