using System.Globalization;
using Postseal.Checks.Json;

namespace Postseal.Server.Pages.Outcome;

/// <summary>One finding with what to do about it.</summary>
public sealed partial class FindingCard
{
    private FindingPart Finding => Model.Finding;

    private Look Look => Look.OfLevel(Finding.Level);

    // A remedy can have several blocks, and several findings of one kind differ by subject.
    private string CopyTitle(int index) =>
        string.Create(CultureInfo.InvariantCulture, $"Remedy of {Finding.Id} for {Html.Safe(Finding.Subject)}, part {index + 1}");

    /// <summary>The subject goes in front unless the sentence names it, or it is the domain that the whole page is about.</summary>
    internal static string Sentence(FindingPart finding, string domain) =>
        Html.Safe(
            finding.Subject == domain || finding.Summary.Contains(finding.Subject, StringComparison.Ordinal)
                ? finding.Summary
                : $"{finding.Subject}: {finding.Summary}"
        );
}
