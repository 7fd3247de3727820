using Postseal.Protocol;

namespace Postseal.Resolver.Dns;

/// <summary>The three-valued answer to one DNS question: found, proven absent, or failed. Failed is never "absent" (RFC 8461 §3.1; standard.md 8461-3.1-16).</summary>
public abstract record DnsAnswer<T>
{
    private DnsAnswer() { }

    /// <summary>Records exist.</summary>
    /// <param name="Records">In the order received; never empty.</param>
    /// <param name="Ttl">The smallest TTL along the chain.</param>
    /// <param name="Secure">The resolver vouches for the whole chain by the AD bit, and the trust rule lets us believe it.</param>
    /// <param name="Aliases">The CNAME targets passed on the way, in order; empty for a direct answer. The last one owns the records.</param>
    public sealed record Found(IReadOnlyList<T> Records, TimeSpan Ttl, bool Secure, IReadOnlyList<DomainName> Aliases)
        : DnsAnswer<T>;

    /// <summary>The resolver proved that there is no such record: NXDOMAIN or NODATA.</summary>
    /// <param name="NameExists">False for NXDOMAIN.</param>
    /// <param name="Secure">The denial is authenticated.</param>
    /// <param name="Aliases">As in <see cref="Found"/>: a CNAME that leads nowhere shows here.</param>
    public sealed record Absent(bool NameExists, bool Secure, IReadOnlyList<DomainName> Aliases) : DnsAnswer<T>;

    /// <summary>Nobody knows.</summary>
    /// <param name="Failure">What went wrong.</param>
    /// <param name="Detail">One plain sentence for people; safe to print after escaping.</param>
    public sealed record Failed(DnsFailure Failure, string Detail) : DnsAnswer<T>;
}

/// <summary>Why a DNS question has no answer.</summary>
public enum DnsFailure
{
    /// <summary>No resolver answered in time.</summary>
    Timeout,

    /// <summary>The resolver cannot be reached at all.</summary>
    Unreachable,

    /// <summary>SERVFAIL without a hint that DNSSEC is the cause.</summary>
    ServFail,

    /// <summary>SERVFAIL with an extended error (RFC 8914) that names DNSSEC validation.</summary>
    Bogus,

    /// <summary>REFUSED or another error code.</summary>
    Refused,

    /// <summary>An answer that cannot be understood.</summary>
    Malformed,

    /// <summary>A CNAME loop, or more than eight links.</summary>
    AliasLoop,
}

/// <summary>The wire names of <see cref="DnsFailure"/>.</summary>
public static class DnsFailures
{
    /// <summary>The text used in JSON and reports.</summary>
    public static string ToWire(this DnsFailure failure) =>
        failure switch
        {
            DnsFailure.Timeout => "timeout",
            DnsFailure.Unreachable => "unreachable",
            DnsFailure.ServFail => "servfail",
            DnsFailure.Bogus => "bogus",
            DnsFailure.Refused => "refused",
            DnsFailure.Malformed => "malformed",
            DnsFailure.AliasLoop => "alias-loop",
            _ => throw new ArgumentOutOfRangeException(nameof(failure)),
        };
}
