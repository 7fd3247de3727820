using System.ComponentModel;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Server.SenderTest.Documents;

/// <summary>One case, and what came of it.</summary>
public sealed record CasePart(
    [property: Description("C0 … C27, control or control-dane.")] string Id,
    [property: Description("The same in a few words.")] string Title,
    [property: Description(
        "Where the message of this round goes, in a test on the web; null when this round has none for the case, and in a run from the command line."
    )]
        string? Address,
    [property: Description("pass, fail, inconclusive or not-offered")] string Verdict,
    [property: Description("What a correct sender does.")] string Expected,
    [property: Description("What this one did.")] string Seen,
    [property: Description("What that stands on, oldest first.")] IReadOnlyList<string> Evidence,
    [property: Description(
        "The requirements it stands for: RFC, section and a running number, such as 8461-5-1, or D- and a table of our own decisions; docs/rfc names the tests that hold each."
    )]
        IReadOnlyList<string> Requirements,
    [property: Description("What to do about it, in a sentence; null unless it failed.")] string? Remedy
)
{
    internal static CasePart Of(SenderCase one, string? address, CaseVerdict of) =>
        new(
            one.Id,
            one.Title,
            address,
            VerdictWords.Of(of.Outcome),
            of.Expected,
            of.Seen,
            of.Evidence,
            one.Requirements,
            of.Outcome == Outcome.Fail ? one.Remedy : null
        );
}
