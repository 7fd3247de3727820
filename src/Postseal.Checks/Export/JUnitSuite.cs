using System.Globalization;
using Postseal.Checks.Json;

namespace Postseal.Checks.Export;

/// <summary>What became of one test case.</summary>
internal enum JUnitOutcome
{
    Passed,
    Skipped,
    Failure,
    Error,
}

/// <summary>One test case. Its texts are inert already.</summary>
/// <param name="Type">Finding id, or the word of the verdict.</param>
internal sealed record JUnitCase(string Name, JUnitOutcome Outcome, string Type, string Message, IReadOnlyList<string> Details);

/// <summary>One domain as a test suite.</summary>
internal sealed record JUnitSuite(CheckDocument Document, IReadOnlyList<JUnitCase> Cases)
{
    public static JUnitSuite Of(CheckDocument document)
    {
        var verdict = document.Verdict;
        return new(
            document,
            [
                Answer("Will mail be refused?", "mail", verdict.Mail, verdict.MailText),
                Answer("Is mail protected?", "protection", verdict.Protection, verdict.ProtectionText),
                .. ExportText.Numbered(document).Select(n => Case(document.Domain, n.Finding, n.Number)),
            ]
        );
    }

    private static JUnitCase Answer(string question, string axis, string word, string text)
    {
        var outcome = word switch
        {
            "unknown" => JUnitOutcome.Error,
            "breaks" or "at-risk" or "off" => JUnitOutcome.Failure,
            _ => JUnitOutcome.Passed,
        };
        return new(question, outcome, $"{axis}-{word}", ExportText.Line(text), []);
    }

    private static JUnitCase Case(string domain, FindingPart finding, int number)
    {
        var outcome = finding.Level switch
        {
            "breaks" or "off" => JUnitOutcome.Failure,
            "unknown" => JUnitOutcome.Skipped,
            _ => JUnitOutcome.Passed,
        };
        var repeat = number > 1 ? string.Create(CultureInfo.InvariantCulture, $" ({number})") : "";
        var sentence = ExportText.Sentence(domain, finding);
        return new(
            ExportText.Line($"{finding.Id} {finding.Subject}") + repeat,
            outcome,
            finding.Id,
            outcome == JUnitOutcome.Passed && finding.Level != "ok" ? $"{finding.Level}: {sentence}" : sentence,
            [
                .. ExportText.Advice(finding),
                .. finding.Evidence.Select(e => $"{ExportText.Line(e.Key)}: {ExportText.Line(e.Value)}"),
            ]
        );
    }
}
