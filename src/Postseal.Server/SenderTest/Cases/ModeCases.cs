using Postseal.Lab.Domains;

namespace Postseal.Server.SenderTest.Cases;

/// <summary>The policy does not ask for anything, and the mail server's certificate is bad.</summary>
internal static class ModeCases
{
    public static SenderCase[] Of(CaseKit kit) =>
        [
            Delivers(
                kit,
                "C8",
                "Testing mode",
                "The policy is in testing mode, and nobody trusts the MX host's certificate",
                "The message arrives; a TLS report tells of the fault.",
                "Hold nothing back for a policy in testing mode, and ask for valid certificates only where a policy enforces it; if the sender does otherwise by itself, tell the vendor.",
                "8461 §5",
                ["8461-5-2"],
                d => Mode(d, "testing").WithReports()
            ),
            Delivers(
                kit,
                "C9",
                "Mode none",
                "The policy's mode is none, and nobody trusts the MX host's certificate",
                "The message arrives.",
                "Treat a policy of mode none as no policy, and ask for valid certificates only where a policy enforces it; if the sender does otherwise by itself, tell the vendor.",
                "8461 §5",
                ["8461-5-3"],
                d => Mode(d, "none")
            ),
        ];

    private static SenderCase Delivers(
        CaseKit kit,
        string id,
        string title,
        string fault,
        string expected,
        string remedy,
        string rules,
        string[] requirements,
        Func<LabDomain, LabDomain> change
    ) =>
        kit.Case(
            id,
            title,
            fault,
            Expectation.Deliver,
            expected,
            "It does not arrive.",
            remedy,
            rules,
            requirements,
            CaseKit.Primed(change(kit.Sts(id).Broken()))
        );

    /// <summary>Replaces the mode of the domain's policy.</summary>
    public static LabDomain Mode(LabDomain domain, string mode) =>
        mode == "none"
            ? domain.PolicyLines("version: STSv1", "mode: none", "max_age: 86400")
            : domain.PolicyLines("version: STSv1", $"mode: {mode}", $"mx: mx1.{domain.Name}", "max_age: 1209600");
}
