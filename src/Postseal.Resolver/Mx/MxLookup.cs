using Postseal.Protocol;
using Postseal.Resolver.Dns;

namespace Postseal.Resolver.Mx;

/// <summary>Which hosts take a domain's mail (RFC 5321 §5.1, RFC 7505).</summary>
public abstract record MxLookup
{
    private MxLookup() { }

    /// <summary>Mail goes to these hosts.</summary>
    /// <param name="InOrder">Sorted by preference, then by name; each name once, at its best preference; never empty.</param>
    /// <param name="Secure">The MX RRset (or, for an implicit MX, its authenticated absence) is DNSSEC-secure.</param>
    /// <param name="IsImplicit">No MX record exists: the domain itself stands in with preference 0.</param>
    /// <param name="Records">All records as published, null MX, duplicates and unusable exchanges included.</param>
    public sealed record Hosts(IReadOnlyList<MxHost> InOrder, bool Secure, bool IsImplicit, IReadOnlyList<MxRecord> Records)
        : MxLookup;

    /// <summary>Exactly one MX record, exchange <c>.</c>: the domain takes no mail, on purpose (RFC 7505 §3).</summary>
    public sealed record NullMx(bool Secure) : MxLookup;

    /// <summary>Mail has nowhere to go: the name does not exist, or has neither a usable MX nor an address.</summary>
    /// <param name="NameExists">False when DNS proves that the name does not exist.</param>
    /// <param name="Records">MX records as published, if any (all unusable).</param>
    public sealed record Nowhere(bool NameExists, IReadOnlyList<MxRecord> Records) : MxLookup;

    /// <summary>The MX lookup failed: delivery is delayed (RFC 7672 §2.1.2).</summary>
    public sealed record Failed(DnsFailure Failure, string Detail) : MxLookup;
}

/// <summary>One host of a domain's mail.</summary>
/// <param name="Name">The exchange of the MX record, not a CNAME target (RFC 8461 §4.1).</param>
/// <param name="Preference">Lower is tried first.</param>
public sealed record MxHost(DomainName Name, int Preference);
