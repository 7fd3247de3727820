using Postseal.Checks.Facts;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Mx;
using Postseal.Resolver.Sts;

namespace Postseal.Checks.Verdicts;

/// <summary>The words of the verdict: two plain answers and one sentence.</summary>
public static class VerdictText
{
    /// <summary>The answer to "Will mail be refused?".</summary>
    public static string Mail(DomainFacts facts, MailVerdict verdict) =>
        (verdict, facts.Mx) switch
        {
            (_, MxLookup.NullMx) => "This domain takes no mail, on purpose (null MX).",
            (_, MxLookup.Nowhere { NameExists: false }) => "Mail cannot arrive: the domain does not exist.",
            (_, MxLookup.Nowhere) => "Mail cannot arrive: no host takes this domain's mail.",
            (_, MxLookup.Failed) => "The MX look-up failed.",
            (MailVerdict.Ok, _) => "Every MX host will do for a sender that checks.",
            (MailVerdict.AtRisk, _) => "Senders that check refuse some MX hosts; mail depends on the others.",
            (MailVerdict.Breaks, _) => "Senders that check find no MX host to use: mail is delayed, then returned.",
            _ => "Not every MX host could be tested from here.",
        };

    /// <summary>The answer to "Is mail protected?".</summary>
    public static string Protection(DomainFacts facts, ProtectionVerdict verdict) =>
        verdict switch
        {
            ProtectionVerdict.Enforced when facts.Sts.Lookup is StsLookup.Found { Policy.Mode: StsMode.Enforce } =>
                "An MTA-STS policy in enforce mode holds senders to verified TLS.",
            ProtectionVerdict.Enforced => "DANE on every MX host holds senders to verified TLS.",
            ProtectionVerdict.Testing => "The policy is in testing mode: failures are reported, mail is delivered anyway.",
            ProtectionVerdict.Off => "MTA-STS is published, but a fault switches it off without a sign.",
            ProtectionVerdict.None when facts.Sts.Lookup is StsLookup.Found => "The policy says so itself (mode none).",
            ProtectionVerdict.None => "Neither MTA-STS nor DANE on every MX host is published.",
            _ => "The policy could not be looked up.",
        };

    /// <summary>Both in one sentence.</summary>
    public static string Summary(DomainFacts facts, MailVerdict mail, ProtectionVerdict protection)
    {
        var arrives = (mail, facts.Mx) switch
        {
            (_, MxLookup.NullMx) => "The domain takes no mail, on purpose",
            (_, MxLookup.Nowhere { NameExists: false }) => "The domain does not exist",
            (_, MxLookup.Nowhere) => "No host takes this domain's mail",
            (MailVerdict.Ok, _) => "Mail arrives",
            (MailVerdict.AtRisk, _) => "Mail arrives only through some of the MX hosts",
            (MailVerdict.Breaks, _) => "Senders that check cannot deliver",
            _ => "Whether mail arrives could not be told",
        };
        var held = protection switch
        {
            ProtectionVerdict.Enforced => "senders are held to verified TLS",
            ProtectionVerdict.Testing => "protection is only being tested",
            ProtectionVerdict.Off => "the published protection has no effect",
            ProtectionVerdict.None => "nothing holds senders to TLS",
            _ => "whether it is protected could not be told",
        };
        return $"{arrives}; {held}.";
    }
}
