using System.Globalization;
using Postseal.Server.Pages;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Tests;
using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Server.SenderTest.Pages;

/// <summary>One case with its verdict, and folded what that stands on.</summary>
public sealed partial class CaseCard
{
    // Three messages that go their way, with their questions; a sender that tries for days repeats itself. Thirty cases make a page of 100 KB that way at the most.
    private const int MostLines = 20;

    private SenderCase Case => Model.Test.Case;

    private CaseVerdict Verdict => Model.Test.Verdict;

    private Look Look => TestLook.Of(Verdict, Model.IsFinal);

    // "8461 §3.3, §5": a section without a number is of the RFC before it.
    private IEnumerable<RfcLink> Rules
    {
        get
        {
            var number = "";
            foreach (var part in Case.Rules.Split(", "))
            {
                var isWhole = char.IsAsciiDigit(part[0]);
                number = isWhole ? part.Split(' ')[0] : number;
                yield return RfcLink.Of(isWhole ? part : $"{number} {part}");
            }
        }
    }

    // A message that was left out can be sent later: the domain stays as that one is to find it.
    private string? Left =>
        Model.Test.Address is null && Verdict.Outcome == Outcome.Inconclusive && !Model.IsFinal && !IsLost
            ? Model.Report.Row.AddressOf(Case, Case.Stages.Count)
            : null;

    private bool IsLost => Model.Report.PlaceLostAt is not null && Case.Changes();

    // Who looks on wants to know what is missing, not that something is.
    private string Seen =>
        Verdict.Outcome != Outcome.Inconclusive ? Verdict.Seen
        : IsLost ? "The domain was given to another test before enough had been seen."
        : Verdict.Evidence.Count == 0
            ? (Model.IsFinal ? "The sender has never been seen here." : "The sender has not been seen here yet.")
        : Case.Stages.Count > Model.Report.Round && !Model.IsFinal
            ? string.Create(CultureInfo.InvariantCulture, $"The sender has been here; message {Case.Stages.Count} counts.")
        : Verdict.Seen;
}

/// <summary>One case on the page of a test.</summary>
/// <param name="Test">The case and what came of it.</param>
/// <param name="Report">The whole test.</param>
/// <param name="Key">Opens the test.</param>
public sealed record CaseModel(TestCase Test, TestReport Report, string Key)
{
    /// <summary>Nothing more is waited for.</summary>
    public bool IsFinal => Report.Verdict.IsFinal;
}
