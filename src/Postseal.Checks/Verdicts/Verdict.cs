using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Checks.Rules;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Decisions;
using Postseal.Resolver.Mx;
using Postseal.Resolver.PolicyHost;
using Postseal.Resolver.Sts;

namespace Postseal.Checks.Verdicts;

/// <summary>Does mail from a compliant, enforcing sender arrive today?</summary>
public enum MailVerdict
{
    /// <summary>Every MX host is usable, or the domain takes no mail on purpose.</summary>
    Ok,

    /// <summary>Some MX hosts, or some addresses of one, are not usable.</summary>
    AtRisk,

    /// <summary>No MX host is usable.</summary>
    Breaks,

    /// <summary>Could not be told.</summary>
    Unknown,
}

/// <summary>Is a sender held to TLS?</summary>
public enum ProtectionVerdict
{
    /// <summary>By a valid enforce policy, or by DANE on every MX host.</summary>
    Enforced,

    /// <summary>A valid policy only tests.</summary>
    Testing,

    /// <summary>The domain tried, and the protection is not effective.</summary>
    Off,

    /// <summary>The domain publishes nothing, or has withdrawn its policy by mode <c>none</c>.</summary>
    None,

    /// <summary>Could not be told.</summary>
    Unknown,
}

/// <summary>The two-axis verdict: a pure function of the facts, made by the sender's own decisions.</summary>
/// <param name="Mail">Does mail arrive?</param>
/// <param name="Protection">Is it protected?</param>
/// <param name="Summary">One sentence.</param>
public sealed record Verdict(MailVerdict Mail, ProtectionVerdict Protection, string Summary)
{
    /// <summary>Judges a domain.</summary>
    /// <param name="facts">What was seen.</param>
    /// <param name="findings">What the rules made of it.</param>
    public static Verdict Of(DomainFacts facts, IReadOnlyList<Finding> findings)
    {
        var (mail, protection) = (MailOf(facts), ProtectionOf(facts, findings));
        return new(mail, protection, VerdictText.Summary(facts, mail, protection));
    }

    private static MailVerdict MailOf(DomainFacts facts)
    {
        if (facts.Mx is not MxLookup.Hosts)
        {
            return facts.Mx switch
            {
                MxLookup.NullMx => MailVerdict.Ok,
                MxLookup.Nowhere => MailVerdict.Breaks,
                _ => MailVerdict.Unknown,
            };
        }

        // A host without an address is no worse than one that is refused: both are skipped (D-MX-10).
        var hosts = facts.Hosts.Where(h => !MxRecords.IsLeftover(facts, h)).ToArray();
        var standings = (hosts.Length > 0 ? hosts : facts.Hosts).Select(HostStandings.Of).ToArray();
        if (standings.All(s => s == HostStanding.Usable))
            return MailVerdict.Ok;

        if (standings.All(s => s == HostStanding.Unusable))
            return MailVerdict.Breaks;

        var someUsable = standings.Any(s => s is HostStanding.Usable or HostStanding.PartlyUsable);
        var someRefused = standings.Any(s => s is HostStanding.Unusable or HostStanding.PartlyUsable);
        return someUsable && someRefused ? MailVerdict.AtRisk : MailVerdict.Unknown;
    }

    private static ProtectionVerdict ProtectionOf(DomainFacts facts, IReadOnlyList<Finding> findings)
    {
        if (facts.Hosts.Count > 0 && facts.Hosts.All(h => h.Decision is Decision.RequireTlsa { ProvenForDomain: true }))
            return ProtectionVerdict.Enforced;

        return facts.Sts.Lookup switch
        {
            StsLookup.Found { Policy.Mode: StsMode.Enforce } => ProtectionVerdict.Enforced,
            StsLookup.Found { Policy.Mode: StsMode.Testing } => ProtectionVerdict.Testing,
            StsLookup.Found => ProtectionVerdict.None,
            StsLookup.NotPublished => TriedInVain(findings) ? ProtectionVerdict.Off : ProtectionVerdict.None,
            StsLookup.Unusable { Stage: LookupStage.Dns } => ProtectionVerdict.Unknown,
            StsLookup.Unusable when FetchProvesNothing(facts) => ProtectionVerdict.Unknown,
            _ => ProtectionVerdict.Off,
        };
    }

    // A host with none but private addresses is out of every sender's reach, although it was our guard that said so.
    private static bool FetchProvesNothing(DomainFacts facts) =>
        facts.Sts.Fetch?.Outcome
            is FetchOutcome.Failed { Failure: FetchFailure.DnsFailed }
                or FetchOutcome.Failed { Ours: true, Failure: not FetchFailure.AddressRefused };

    private static bool TriedInVain(IReadOnlyList<Finding> findings) =>
        findings.Any(f => f.Level == Level.Off && f.Id.StartsWith("sts-", StringComparison.Ordinal));
}
