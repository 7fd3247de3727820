using Postseal.Checks.Json;
using Postseal.Protocol;

namespace Postseal.Checks.Export;

/// <summary>Texts of a document as other programs' screens may show them: whatever a peer wrote is inert and bounded.</summary>
internal static class ExportText
{
    private const int MaxText = 2000; // of one text: longer ones are hostile

    /// <summary>One line. Nothing is left in it that XML forbids.</summary>
    public static string Line(string text) => PrintableText.Of(text, MaxText);

    /// <summary>What to do and what rules it, each on lines of its own; empty where there is neither.</summary>
    public static IEnumerable<string> Advice(FindingPart finding)
    {
        if (finding.Remedy is { } remedy)
        {
            foreach (var (i, line) in remedy.Split('\n').Index())
                yield return (i == 0 ? "Fix: " : "") + Line(line);
        }

        if (finding.Rfc is { } rfc)
            yield return $"RFC {rfc}";
    }

    /// <summary>The finding's sentence; the subject goes in front unless it is named there.</summary>
    public static string Sentence(string domain, FindingPart finding) =>
        Line(
            finding.Subject == domain || finding.Summary.Contains(finding.Subject, StringComparison.Ordinal)
                ? finding.Summary
                : $"{finding.Subject}: {finding.Summary}"
        );

    /// <summary>Each finding with its number among those of one id and subject, from 1: together they name it, in this run and the next.</summary>
    public static IEnumerable<(FindingPart Finding, int Number)> Numbered(CheckDocument document)
    {
        var seen = new Dictionary<(string Id, string Subject), int>();
        foreach (var finding in document.Findings)
        {
            var number = seen.GetValueOrDefault((finding.Id, finding.Subject)) + 1;
            seen[(finding.Id, finding.Subject)] = number;
            yield return (finding, number);
        }
    }
}
