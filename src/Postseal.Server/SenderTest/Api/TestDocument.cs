using System.ComponentModel;
using Postseal.Server.SenderTest.Tests;
using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Server.SenderTest.Api;

/// <summary>A test of a sender, for programs.</summary>
public sealed record TestDocument(
    [property: Description("postseal.sender-test/1")] string Schema,
    [property: Description("Who sends, as far as it has been seen; empty before the first message.")] string Sender,
    [property: Description("The answers.")] TestOverall Overall,
    [property: Description("False while later events may still change a verdict.")] bool Final,
    DateTimeOffset OpenedAt,
    DateTimeOffset ExpiresAt,
    [property: Description("The message that is to be sent now, from 1.")] int Round,
    [property: Description("How many messages there are.")] int Rounds,
    [property: Description("When the messages of this round are to be sent, at the earliest.")] DateTimeOffset SendAt,
    [property: Description("Another open test has the same sender.")] bool Shared,
    IReadOnlyList<TestCasePart> Cases
)
{
    internal static TestDocument Of(TestReport report) =>
        new(
            "postseal.sender-test/1",
            report.Sender,
            new(
                VerdictWords.Of(report.Verdict.MtaSts),
                VerdictWords.Of(report.Verdict.Dane),
                VerdictWords.Of(report.Verdict.Precedence),
                VerdictWords.Of(report.Verdict.TlsReports)
            ),
            report.Verdict.IsFinal,
            report.Row.OpenedAt,
            report.Row.ExpiresAt,
            report.Round,
            report.Rounds,
            report.SendAt,
            report.IsShared,
            [
                .. report.Cases.Select(c => new TestCasePart(
                    c.Case.Id,
                    c.Case.Title,
                    c.Address,
                    VerdictWords.Of(c.Verdict.Outcome),
                    c.Verdict.Expected,
                    c.Verdict.Seen,
                    c.Verdict.Evidence
                )),
            ]
        );
}

/// <summary>The answers of a test.</summary>
public sealed record TestOverall(
    [property: Description("yes, partly, no or inconclusive")] string MtaSts,
    [property: Description("yes, partly, no or inconclusive")] string Dane,
    [property: Description("Whether DANE goes before MTA-STS: yes, partly, no or inconclusive")] string Precedence,
    [property: Description("yes, partly, no or inconclusive")] string TlsReports
);

/// <summary>One case of a test.</summary>
public sealed record TestCasePart(
    string Id,
    string Title,
    [property: Description("Where the message of this round goes; null when this round has none for the case.")] string? Address,
    [property: Description("pass, fail, inconclusive or not-offered")] string Verdict,
    [property: Description("What a correct sender does.")] string Expected,
    [property: Description("What this one did.")] string Seen,
    [property: Description("What that stands on, oldest first.")] IReadOnlyList<string> Evidence
);

/// <summary>A test that has been opened.</summary>
public sealed record OpenedTest(
    [property: Description("Opens the test; a secret.")] string Key,
    [property: Description("The page for people.")] string Page,
    [property: Description("How it stands.")] TestDocument Test
);
