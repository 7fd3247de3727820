using Postseal.Lab.Certificates;
using Postseal.Lab.Domains;

namespace Postseal.Server.SenderTest.Cases;

/// <summary>The policy is in order and enforced; the mail server does not live up to it.</summary>
internal static class TransportCases
{
    private const string Bounces = "The message does not arrive: it is held back, and returned when the sender gives up.";
    private const string Arrives = "The message arrives all the same.";

    public static SenderCase[] Of(CaseKit kit) =>
        [
            Refuses(
                kit,
                "C1",
                "No STARTTLS",
                "The MX host does not offer STARTTLS",
                $"{CaseCatalogue.SwitchOn}; a policy in enforce mode allows nothing in clear.",
                "8461 §5",
                ["8461-5-1"],
                NoTls
            ),
            Refuses(
                kit,
                "C2",
                "Untrusted certificate",
                "Nobody trusts the issuer of the certificate",
                $"{CaseCatalogue.SwitchOn}; it has to ask for a certificate of a trusted authority.",
                "8461 §4.2",
                ["8461-4.2-2", "8461-5-1"],
                d => d.Broken()
            ),
            Refuses(
                kit,
                "C3",
                "Expired certificate",
                "The certificate expired two days ago",
                $"{CaseCatalogue.SwitchOn}; it has to refuse a certificate that has expired.",
                "8461 §4.2",
                ["8461-4.2-1", "8461-5-1"],
                Shows(Expired)
            ),
            Refuses(
                kit,
                "C4",
                "Wrong name",
                "The certificate is for another host",
                $"{CaseCatalogue.SwitchOn}; it has to ask for a certificate with the name of the MX host.",
                "8461 §4.2",
                ["8461-4.2-3", "8461-5-1"],
                WrongName
            ),
            Refuses(
                kit,
                "C5",
                "Not yet valid",
                "The certificate begins in two days",
                $"{CaseCatalogue.SwitchOn}; it has to refuse a certificate whose time has not come.",
                "8461 §4.2",
                ["8461-4.2-1", "8461-5-1"],
                Shows(NotYet)
            ),
            Refuses(
                kit,
                "C6",
                "MX not in policy",
                "The policy names another MX host",
                $"{CaseCatalogue.SwitchOn}; it has to use only MX hosts that the policy names.",
                "8461 §4.1",
                ["8461-4-1", "8461-4.1-3"],
                d => d.Refusing()
            ),
            Second(kit),
        ];

    /// <summary>A case that must not be delivered to.</summary>
    public static SenderCase Refuses(
        CaseKit kit,
        string id,
        string title,
        string fault,
        string remedy,
        string rules,
        string[] requirements,
        Func<LabDomain, LabDomain> change
    ) =>
        kit.Case(
            id,
            title,
            fault,
            Expectation.Refuse,
            Bounces,
            Arrives,
            remedy,
            rules,
            requirements,
            CaseKit.Primed(change(kit.Sts(id)))
        );

    private static readonly Leaf Expired = new() { Until = TimeSpan.FromDays(-2) };

    private static readonly Leaf NotYet = new() { From = TimeSpan.FromDays(2) };

    private static SenderCase Second(CaseKit kit) =>
        kit.Case(
            "C7",
            "Best MX not in policy",
            "The policy names only the second of two MX hosts",
            Expectation.DeliverToSecond,
            "The message arrives at mx2, the host that the policy names.",
            "It arrives at mx1, or not at all.",
            $"{CaseCatalogue.SwitchOn}; where the best MX host is not named by the policy, it has to try the next one.",
            "8461 §5.1",
            ["8461-8.4-1", "8461-4-1"],
            CaseKit.Primed(Two(kit.Sts("C7")))
        );

    private static LabDomain Two(LabDomain domain) => domain.AddMx2().Enforce($"mx2.{domain.Name}");

    private static LabDomain NoTls(LabDomain domain) =>
        domain.Receiver(r => r with { OffersStartTls = false, StartTlsReply = "502 5.5.1 Command not implemented" });

    private static LabDomain WrongName(LabDomain domain) =>
        domain.ReceiverTls(CaseKit.Face(new() { Names = [$"other.{domain.Name}"] }));

    private static Func<LabDomain, LabDomain> Shows(Leaf leaf) => domain => domain.ReceiverTls(CaseKit.Face(leaf));
}
