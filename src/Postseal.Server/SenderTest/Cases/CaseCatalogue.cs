using Postseal.Lab.Dns;
using Postseal.Lab.Domains;
using Postseal.Lab.Https;

namespace Postseal.Server.SenderTest.Cases;

/// <summary>Every case of the sender test, as data. Each domain is broken in exactly one way; all else about it is in order.</summary>
public static class CaseCatalogue
{
    /// <summary>The id of the domain without a policy: who does not deliver there delivers nowhere, and nothing can be said of them.</summary>
    public const string ControlId = "control";

    /// <summary>The id of the domain whose policy and mail server are in order.</summary>
    public const string ValidId = "C0";

    /// <summary>The id of the domain that fails DANE and has no policy: who delivers there has no DANE.</summary>
    public const string DaneControlId = "control-dane";

    /// <summary>What to do first where there is no MTA-STS; a sentence to be ended.</summary>
    internal const string SwitchOn =
        "Switch on MTA-STS for outgoing mail (Postfix needs a policy server for it, such as postseal policyd), or ask the vendor for it";

    /// <summary>The local part that takes the TLS reports of a domain that asks for some.</summary>
    public const string ReportMailbox = "tls-reports";

    /// <summary>Where the report host of such a domain takes them over HTTPS.</summary>
    public const string ReportPath = "/v1/tls-reports";

    /// <summary>The cases in order: the two that all others are measured by, then C1 … C27; before those about DANE, what they are measured by.</summary>
    /// <param name="zone">The zone all domains live in; the label of each is its id in lower case: <c>c6.ZONE</c>.</param>
    /// <param name="accepts">Whether mail for an address, in lower case, is taken. Mailboxes for reports are always open.</param>
    /// <param name="policyId">The id of their policies; who plays them to a sender gives them one that it has not seen.</param>
    public static IReadOnlyList<SenderCase> All(string zone, Func<string, bool> accepts, string policyId = LabDomain.PolicyId) =>
        All(zone, accepts, policyId, d => d);

    /// <summary>The same elsewhere than on loopback.</summary>
    /// <param name="place">Gives the servers of a domain their addresses.</param>
    internal static IReadOnlyList<SenderCase> All(
        string zone,
        Func<string, bool> accepts,
        string policyId,
        Func<LabDomain, LabDomain> place
    )
    {
        var kit = new CaseKit(zone, accepts, policyId, place);
        return
        [
            Control(kit),
            Valid(kit),
            .. TransportCases.Of(kit),
            .. ModeCases.Of(kit),
            .. PolicyCases.Of(kit),
            .. MemoryCases.Of(kit),
            .. DaneCases.Of(kit),
            .. OtherCases.Of(kit),
        ];
    }

    /// <summary>Only the cases whose domain changes from stage to stage.</summary>
    internal static IReadOnlyList<SenderCase> Changing(
        string zone,
        Func<string, bool> accepts,
        string policyId,
        Func<LabDomain, LabDomain> place
    ) => [.. MemoryCases.Of(new(zone, accepts, policyId, place)).Where(c => c.Changes())];

    private static SenderCase Control(CaseKit kit) =>
        kit.Case(
            ControlId,
            "No policy",
            "Nothing: the domain publishes no policy, and its mail server is in order",
            Expectation.Deliver,
            "The message arrives.",
            "It does not arrive: then nothing that does not arrive elsewhere proves anything.",
            "Find out from the sender's log why it does not deliver to a domain that asks for nothing, mend that, and test again.",
            "5321 §5.1",
            ["5321-5.1-1"],
            CaseKit.Once(kit.Plain(ControlId))
        );

    private static SenderCase Valid(CaseKit kit) =>
        kit.Case(
            ValidId,
            "All in order",
            "Nothing: enforce, and everything is as the policy says",
            Expectation.Deliver,
            "The policy is fetched, and the message arrives over TLS.",
            "The policy is never fetched: the sender has no MTA-STS.",
            $"{SwitchOn}; look whether it trusts the authorities that everybody trusts.",
            "8461 §3.3, §5",
            ["8461-3.2-1", "8461-4-1", "8461-5.1-1"],
            CaseKit.Primed(kit.Sts(ValidId).WithReports())
        );

    /// <summary>Asks for TLS reports, at the domain's own mailbox and over HTTPS (RFC 8460 §3).</summary>
    internal static LabDomain WithReports(this LabDomain domain)
    {
        var site = new PolicySite($"reports.{domain.Name}", domain.Address(81)) { Status = 404, ReportPath = ReportPath };
        return (domain with { Sites = domain.Sites.Add(site) })
            .Add(new ZoneRecord.Address("reports", site.Address))
            .Txt("_smtp._tls", $"v=TLSRPTv1; rua=mailto:{ReportMailbox}@{domain.Name},https://{site.Host}{ReportPath}");
    }
}
