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
                "8461 §5",
                d => Mode(d, "testing").WithReports()
            ),
            Delivers(
                kit,
                "C9",
                "Mode none",
                "The policy's mode is none, and nobody trusts the MX host's certificate",
                "The message arrives.",
                "8461 §5",
                d => Mode(d, "none")
            ),
        ];

    private static SenderCase Delivers(
        CaseKit kit,
        string id,
        string title,
        string fault,
        string expected,
        string requirements,
        Func<LabDomain, LabDomain> change
    ) =>
        kit.Case(
            id,
            title,
            fault,
            Expectation.Deliver,
            expected,
            "It does not arrive.",
            requirements,
            CaseKit.Primed(change(kit.Sts(id).Broken()))
        );

    /// <summary>Replaces the mode of the domain's policy.</summary>
    public static LabDomain Mode(LabDomain domain, string mode) =>
        mode == "none"
            ? domain.PolicyLines("version: STSv1", "mode: none", "max_age: 86400")
            : domain.PolicyLines("version: STSv1", $"mode: {mode}", $"mx: mx1.{domain.Name}", "max_age: 1209600");
}
