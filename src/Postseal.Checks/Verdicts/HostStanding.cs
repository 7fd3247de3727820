using Postseal.Checks.Facts;
using Postseal.Resolver.Decisions;
using Postseal.Resolver.Dns;

namespace Postseal.Checks.Verdicts;

/// <summary>Whether a compliant, enforcing sender can use one MX host today.</summary>
public enum HostStanding
{
    /// <summary>Every address that could be judged will do.</summary>
    Usable,

    /// <summary>Some addresses will do, others are refused.</summary>
    PartlyUsable,

    /// <summary>No address will do: refused by the policy, or there is none.</summary>
    Unusable,

    /// <summary>Nothing could be learnt: no connection, or DNS failed.</summary>
    Unknown,
}

/// <summary>How a host stands.</summary>
public static class HostStandings
{
    /// <summary>Sums up the sessions of one host.</summary>
    public static HostStanding Of(MxHostFacts host)
    {
        if (host.Decision is Decision.Refuse)
            return HostStanding.Unusable;

        if (host.Sessions.Count == 0)
        {
            return host.V4 is DnsAnswer<System.Net.IPAddress>.Failed || host.V6 is DnsAnswer<System.Net.IPAddress>.Failed
                ? HostStanding.Unknown
                : HostStanding.Unusable;
        }

        var used = host.Sessions.Any(s => s.Verdict is SessionVerdict.Use);
        var avoided = host.Sessions.Any(s => s.Verdict is SessionVerdict.Avoid);
        return (used, avoided) switch
        {
            (true, false) => HostStanding.Usable,
            (true, true) => HostStanding.PartlyUsable,
            (false, true) => HostStanding.Unusable,
            (false, false) => HostStanding.Unknown,
        };
    }
}
