using Postseal.Server.Pages;
using Postseal.Server.SenderTest.Tests;
using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Server.SenderTest.Pages;

/// <summary>The page of one test.</summary>
/// <param name="Key">Opens it.</param>
/// <param name="Report">How it stands.</param>
/// <param name="Hint">How mail reaches the domains, where that is not as everywhere; null otherwise.</param>
public sealed record TestViewModel(string Key, TestReport Report, BenchHint? Hint);

/// <summary>A test: answers, addresses, cases.</summary>
public sealed partial class TestView
{
    private TestReport Report => Model.Report;

    private (string Question, Support Support, string Text)[] Answers =>
        [
            (
                "Does it honour MTA-STS?",
                Report.Verdict.MtaSts,
                TestLook.Words(
                    Report.Verdict.MtaSts,
                    "It delivers where the policy allows it, and only there.",
                    "It delivers to servers that the policy refuses."
                )
            ),
            (
                "Does it honour DANE?",
                Report.Verdict.Dane,
                TestLook.Words(
                    Report.Verdict.Dane,
                    "It holds mail servers to their TLSA records.",
                    "TLSA records make no difference to it."
                )
            ),
            (
                "Does DANE go first?",
                Report.Verdict.Precedence,
                TestLook.Words(
                    Report.Verdict.Precedence,
                    "Where a domain has both, DANE decides.",
                    "Where a domain has both, MTA-STS overrides DANE."
                )
            ),
            (
                "Does it send TLS reports?",
                Report.Verdict.TlsReports,
                TestLook.Words(Report.Verdict.TlsReports, "A report has arrived.", "No report has arrived.")
            ),
        ];

    private string Title => $"MTA-STS: {TestLook.Of(Report.Verdict.MtaSts).Word}";

    private string State =>
        Report.Sender.Length == 0 ? "Waiting for the first message."
        : Report.Verdict.IsFinal ? $"Final. Sender: {Report.Sender}."
        : $"Early verdicts; final from {Times.Of(Report.FinalAt)}. Sender: {Report.Sender}.";

    private string Instruction =>
        Report.Round == 1
            ? "Let the sender under test write to each of them: a message for each, or one to all. What is in it does not matter."
            : "Again one message to each. These addresses are others than those of the message before.";

    private string Mailto =>
        $"mailto:{string.Join(',', Report.Addresses)}?subject={Uri.EscapeDataString("Sender test")}&body={Uri.EscapeDataString("Please ignore.")}";
}
