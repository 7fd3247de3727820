using Postseal.Lab.Domains;

namespace Postseal.Server.SenderTest.Cases;

/// <summary>What a sender remembers: the pattern is checked to the letter, and a policy outlives its disappearance.</summary>
internal static class MemoryCases
{
    public static SenderCase[] Of(CaseKit kit) => [Wildcard(kit), Remembered(kit), SwitchedOff(kit), SameId(kit)];

    private static SenderCase Wildcard(CaseKit kit) =>
        TransportCases.Refuses(
            kit,
            "C18",
            "Wildcard too shallow",
            "The policy's wildcard is one label too shallow for the MX host",
            $"{CaseCatalogue.SwitchOn}; in a policy * stands for exactly one label.",
            "8461 §4.1",
            ["8461-4.1-2"],
            d =>
                (d.Without("mx1") with { Receivers = [] }).AddReceiver("mx1.pool", 25).Mx((10, "mx1.pool")).Enforce($"*.{d.Name}")
        );

    private static SenderCase Remembered(CaseKit kit) =>
        kit.Case(
            "C19",
            "Policy gone",
            "After the first message record and policy are gone, and nobody trusts the certificate",
            Expectation.Refuse,
            "The second message does not arrive: the policy of the first is in force until its max_age is over.",
            "It arrives: the policy has been forgotten.",
            "Ask the vendor to keep a policy until its max_age is over, also when the sender is started again and when record and policy have gone.",
            "8461 §3.3, §5.1",
            ["8461-3.2-16", "8461-3.3-12"],
            CaseKit.Changing(kit.Sts("C19"), Gone(kit.Sts("C19").Broken()))
        );

    private static SenderCase SwitchedOff(CaseKit kit) =>
        kit.Case(
            "C20",
            "Policy switched off",
            "Nobody trusts the certificate any more; then a new id tells of a policy of mode none",
            Expectation.Deliver,
            "What waits arrives soon after the new id is published.",
            "It stays: the sender does not look for a new id.",
            "Ask the vendor to look for a new id in the record each time that it tries again, and to fetch the policy when there is one.",
            "8461 §5.1, §8.3",
            ["8461-5-3", "8461-5.1-1", "8461-10.3-1"],
            CaseKit.Changing(
                kit.Sts("C20"),
                kit.Sts("C20").Broken(),
                ModeCases.Mode(kit.Sts("C20").Broken(), "none").Txt("_mta-sts", kit.NextRecord)
            )
        );

    private static SenderCase SameId(CaseKit kit) =>
        kit.Case(
            "C21",
            "Changed without a new id",
            "After the first message the policy names another MX host, and the id stays",
            Expectation.Measure,
            "The message arrives if the old policy stays in use, as it may; it does not if the policy was fetched again.",
            "None: it tells how often the sender refreshes a policy.",
            "Nothing has to be done.",
            "8461 §3.1, §10.2",
            ["8461-3.1-8", "8461-10.2-2"],
            CaseKit.Changing(kit.Sts("C21"), kit.Sts("C21").Refusing())
        );

    private static LabDomain Gone(LabDomain domain) =>
        domain.Without("_mta-sts").Site(s => s with { Status = 404, Body = default });
}
