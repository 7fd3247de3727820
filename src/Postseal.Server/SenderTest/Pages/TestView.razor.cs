using Postseal.Server.Pages;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Tests;
using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Server.SenderTest.Pages;

/// <summary>The page of one test.</summary>
/// <param name="Key">Opens it.</param>
/// <param name="Report">How it stands.</param>
/// <param name="Hint">How mail reaches the domains, where that is not as everywhere; null otherwise.</param>
/// <param name="Now">The time of the page.</param>
public sealed record TestViewModel(string Key, TestReport Report, BenchHint? Hint, DateTimeOffset Now)
{
    /// <summary>The query that keeps a page without script as it is.</summary>
    public const string Still = "still";

    /// <summary>Whether the page, without script, does not load itself anew: who reads what was folded wants it to stay open.</summary>
    public bool IsStill { get; init; }

    /// <summary>Whether it is early to go on to the next message: some of this round's may not have been sent yet.</summary>
    public bool IsEarly =>
        !Report.Verdict.IsFinal
        && Report.PlaceLostAt is null
        && Report.Round < Report.Rounds
        && (Report.SendAt > Now || Report.Reached < Report.Addresses.Count());
}

/// <summary>A test: answers, addresses, cases.</summary>
public sealed partial class TestView
{
    private TestReport Report => Model.Report;

    private bool IsFinal => Report.Verdict.IsFinal;

    private (string Question, Support Support, string Text)[] Answers =>
        [
            (
                "Does it honour MTA-STS?",
                Report.Verdict.MtaSts,
                TestLook.Words(
                    Report.Verdict.MtaSts,
                    "It delivers where the policy allows it, and only there.",
                    "It delivers to servers that the policy refuses.",
                    Again,
                    IsFinal
                )
            ),
            (
                "Does it honour DANE?",
                Report.Verdict.Dane,
                TestLook.Words(
                    Report.Verdict.Dane,
                    "It holds mail servers to their TLSA records.",
                    "TLSA records make no difference to it.",
                    AgainWithDane,
                    IsFinal
                )
            ),
            (
                "Does DANE go first?",
                Report.Verdict.Precedence,
                TestLook.Words(
                    Report.Verdict.Precedence,
                    "Where a domain has both, DANE decides.",
                    "Where a domain has both, MTA-STS overrides DANE.",
                    "It is asked only of a sender that honours both; begin with the one that it lacks.",
                    IsFinal
                )
            ),
            (
                "Does it send TLS reports?",
                Report.Verdict.TlsReports,
                TestLook.Words(Report.Verdict.TlsReports, "A report has arrived.", "No report has arrived.", Again, IsFinal)
            ),
        ];

    private const string Again =
        "Open another test, let one sender write to every address in each round, and see in its log that nothing stays behind.";

    private string AgainWithDane =>
        Report.Verdict.Cases.Any(c => c.Id == CaseCatalogue.DaneControlId && c.Outcome == Outcome.NotOffered)
            ? "The cases about DANE are not offered here: use a site that has them, or the command line."
            : Again;

    private string Title => $"MTA-STS: {TestLook.Of(Report.Verdict.MtaSts, IsFinal).Word}";

    private string State =>
        Report.Sender.Length == 0
            ? IsFinal
                ? "Final. No sender has been seen."
                : "Waiting for the first message."
            : IsFinal
                ? $"Final. Sender: {Report.Sender}."
                : $"Early verdicts; final from {Times.Of(Report.FinalAt)}. Sender: {Report.Sender}.";

    // What needs a look comes first.
    private IEnumerable<(Look Look, int Count)> Tally =>
        Report
            .Cases.GroupBy(c => TestLook.Of(c.Verdict, IsFinal))
            .OrderBy(g => Array.IndexOf(Order, g.Key.Level))
            .Select(g => (g.Key, g.Count()));

    private static readonly string[] Order = ["breaks", "ok", "unknown", "wait", "none"];
}
