using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Dns;
using Postseal.Resolver.PolicyHost;

namespace Postseal.Resolver.Sts;

/// <summary>A domain's MTA-STS policy as a sender has it now (RFC 8461 §3).</summary>
public abstract record StsLookup
{
    private StsLookup() { }

    /// <summary>A valid, unexpired policy.</summary>
    /// <param name="Policy">What to apply.</param>
    /// <param name="Fresh">True when fetched now, false when it comes from the cache.</param>
    public sealed record Found(StsPolicy Policy, bool Fresh) : StsLookup;

    /// <summary>DNS proves that the domain publishes no record (or none that counts).</summary>
    public sealed record NotPublished : StsLookup;

    /// <summary>The domain tried, or may have tried, and no policy could be had: deliver as if there were none (RFC 8461 §3.3).</summary>
    /// <param name="Stage">How far it came.</param>
    /// <param name="Reason">Stable code: a DNS failure, a parse error code, or a fetch failure's wire name.</param>
    public sealed record Unusable(LookupStage Stage, string Reason) : StsLookup;
}

/// <summary>How far a policy lookup came before it failed.</summary>
public enum LookupStage
{
    /// <summary>The TXT look-up itself failed: unknown, not absent.</summary>
    Dns,

    /// <summary>The TXT record is invalid, or there are several.</summary>
    Record,

    /// <summary>The HTTPS fetch failed.</summary>
    Fetch,

    /// <summary>The policy text is invalid.</summary>
    Policy,
}

/// <summary>The evidence behind one live lookup, for the checker.</summary>
/// <param name="Txt">The answer to the TXT question.</param>
/// <param name="Selection">What RFC 8461 §3.1 makes of the TXT records; null when DNS failed.</param>
/// <param name="Fetch">The HTTPS side; null when it was not tried.</param>
/// <param name="PolicyError">Why the text is no policy; null when it was not parsed or is valid.</param>
/// <param name="Lookup">What a sender is left with.</param>
public sealed record StsEvidence(
    DnsAnswer<string> Txt,
    StsRecordSelection? Selection,
    PolicyFetch? Fetch,
    ParseError? PolicyError,
    StsLookup Lookup
);
