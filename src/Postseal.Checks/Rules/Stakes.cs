using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Decisions;
using Postseal.Resolver.Sts;

namespace Postseal.Checks.Rules;

/// <summary>What faults in the TLS of one MX host cost, by what a compliant sender demands of that host (table D-MX).</summary>
/// <param name="NoTls">Level of having no TLS at all.</param>
/// <param name="NoTlsMeans">The consequence, as the end of a sentence.</param>
/// <param name="BadChain">Level of a certificate chain that PKIX refuses.</param>
/// <param name="BadChainMeans">The consequence, as the end of a sentence.</param>
/// <param name="Remark">Level of a weakness that no sender refuses.</param>
internal sealed record Stakes(Level NoTls, string NoTlsMeans, Level BadChain, string BadChainMeans, Level Remark)
{
    private const string Refused = "so senders that enforce your policy do not deliver to it.";
    private const string Tested = "but your policy is in testing mode, so mail still arrives; under enforce it would be refused.";
    private const string Untouched = "and senders do not come this far while the host is refused for another reason.";

    private static readonly Stakes Enforced = new(Level.Breaks, Refused, Level.Breaks, Refused, Level.Warn);

    private static readonly Stakes Testing = new(Level.Warn, Tested, Level.Warn, Tested, Level.Warn);

    // D-MX-1: TLSA goes first and PKIX is not asked.
    private static readonly Stakes Dane = new(
        Level.Breaks,
        "so senders that check DANE do not deliver to it: its TLSA records promise TLS.",
        Level.Info,
        "but senders that check DANE go by its TLSA records, and others do not check it.",
        Level.Info
    );

    private static readonly Stakes DaneBesideEnforce = Dane with
    {
        BadChainMeans = "but senders that check DANE go by its TLSA records; only those that know MTA-STS alone refuse it.",
    };

    // D-MX-4: unusable TLSA records demand TLS and no more.
    private static readonly Stakes TlsOnly = Dane with { BadChainMeans = "but senders do not check it, so mail still arrives." };

    private static readonly Stakes TlsOnlyBesideTesting = TlsOnly with
    {
        BadChain = Level.Warn,
        BadChainMeans = Tested,
        Remark = Level.Warn,
    };

    // The one accusation is that refusal; what follows here is for after it is mended.
    private static readonly Stakes Skipped = new(Level.Warn, Untouched, Level.Info, Untouched, Level.Info);

    private static readonly Stakes Unasked = new(
        Level.Warn,
        "so mail to it can be read on the way.",
        Level.Info,
        "but without a policy senders do not check it, so mail still arrives.",
        Level.Info
    );

    /// <summary>True when some policy, even one in testing mode, or DANE asks for TLS at this host.</summary>
    public bool AreHeld => this != Unasked;

    /// <summary>What is at stake at this host.</summary>
    public static Stakes Of(MxHostFacts host, StsLookup sts) =>
        host.Decision switch
        {
            Decision.RequirePkix => Enforced,
            Decision.RequireTlsa => sts is StsLookup.Found { Policy.Mode: StsMode.Enforce } ? DaneBesideEnforce : Dane,
            Decision.RequireTls { Judged: Decision.RequirePkix } => TlsOnlyBesideTesting,
            Decision.RequireTls => TlsOnly,
            Decision.Refuse or Decision.Opportunistic { Judged: Decision.Refuse } => Skipped,
            Decision.Opportunistic { Judged: not null } => Testing,
            _ => Unasked,
        };
}
