using System.ComponentModel;
using Postseal.Server.SenderTest.Tests;

namespace Postseal.Server.SenderTest.Documents;

/// <summary>A test of a sender on the web: what a run from the command line gives (<see cref="RunDocument"/>), and what only a test has.</summary>
public sealed record TestDocument(
    [property: Description("postseal.sender-test/1")] string Schema,
    [property: Description("Who sends, as far as it has been seen.")] SenderPart Sender,
    [property: Description("The answers.")] OverallPart Overall,
    [property: Description(
        "False while later events may still change a verdict. True 48 hours after the messages of the latest round were due; from then on nothing changes."
    )]
        bool Final,
    DateTimeOffset OpenedAt,
    DateTimeOffset ExpiresAt,
    [property: Description("The message that is to be sent now, from 1.")] int Round,
    [property: Description("How many messages there are.")] int Rounds,
    [property: Description("When the messages of this round are to be sent, at the earliest.")] DateTimeOffset SendAt,
    [property: Description("Another test that was open at the same time has the same sender.")] bool Shared,
    [property: Description(
        "Questions for names and policies may have been missed: other tests were open at the time, the server was started anew, or more came in than is kept. What was not seen proves nothing then."
    )]
        bool MissesQuestions,
    [property: Description("One per case, in order.")] IReadOnlyList<CasePart> Cases,
    [property: Description(
        "When the domains that change were given to another test, as all were in use and nothing of the sender had been seen for an hour or its network had several tests open: this test cannot go on, and what it has seen stays. Null while it can."
    )]
        DateTimeOffset? PlaceLostAt
)
{
    /// <summary>What came in beyond what is kept.</summary>
    [Description(
        "Observations since the server's start for which there was no room: more came in than is kept of one test, or of all."
    )]
    public int NotKept { get; init; }

    internal static TestDocument Of(TestReport report) =>
        new(
            RunDocument.Name,
            report.Known,
            OverallPart.Of(report.Verdict),
            report.Verdict.IsFinal,
            report.Row.OpenedAt,
            report.Row.ExpiresAt,
            report.Round,
            report.Rounds,
            report.SendAt,
            report.IsShared,
            report.MissesQuestions,
            [.. report.Cases.Select(c => CasePart.Of(c.Case, c.Address, c.Verdict))],
            report.PlaceLostAt
        )
        {
            NotKept = report.NotKept,
        };
}

/// <summary>A test that has been opened.</summary>
public sealed record OpenedTest(
    [property: Description("Opens the test; a secret.")] string Key,
    [property: Description("The page for people.")] string Page,
    [property: Description("How it stands.")] TestDocument Test
);
