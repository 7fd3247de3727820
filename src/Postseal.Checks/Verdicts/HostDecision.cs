using Postseal.Checks.Facts;
using Postseal.Protocol.TlsRpt;
using Postseal.Resolver.Decisions;

namespace Postseal.Checks.Verdicts;

/// <summary>A host in one word.</summary>
public enum HostUse
{
    /// <summary>A policy or DANE holds the host to something, and nothing seen contradicts it.</summary>
    Allowed,

    /// <summary>A compliant sender skips the host.</summary>
    Refused,

    /// <summary>Nothing holds a sender to anything: opportunistic TLS.</summary>
    Unprotected,
}

/// <summary>What a compliant sender does with a host: its decision together with the sessions seen.</summary>
public static class HostDecision
{
    /// <summary>The word.</summary>
    public static HostUse Of(MxHostFacts host) =>
        host.Decision is Decision.Opportunistic ? HostUse.Unprotected
        : HostStandings.Of(host) == HostStanding.Unusable ? HostUse.Refused
        : HostUse.Allowed;

    /// <summary>The word for a decision alone, before any session.</summary>
    public static HostUse Of(Decision decision) =>
        decision switch
        {
            Decision.Opportunistic => HostUse.Unprotected,
            Decision.Refuse => HostUse.Refused,
            _ => HostUse.Allowed,
        };

    /// <summary>One sentence: why.</summary>
    public static string Why(MxHostFacts host)
    {
        if (host.Decision is Decision.Refuse or Decision.Opportunistic)
            return host.Decision.Why;

        var avoided = host.Sessions.Select(s => s.Verdict).OfType<SessionVerdict.Avoid>().FirstOrDefault();
        if (HostStandings.Of(host) == HostStanding.Unusable)
        {
            return avoided is null
                ? "It has no address."
                : $"{host.Decision.Why} It fails: {avoided.Result.ToWire()}{(avoided.ReasonCode.Length > 0 ? $" ({avoided.ReasonCode})" : "")}.";
        }

        return HostStandings.Of(host) == HostStanding.Unknown
            ? $"{host.Decision.Why} It could not be tested from here."
            : host.Decision.Why;
    }
}
