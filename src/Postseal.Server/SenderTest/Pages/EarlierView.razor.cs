using Postseal.Server.SenderTest.Tests;
using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Server.SenderTest.Pages;

/// <summary>Addresses of messages that are no longer to be sent: to find them in a log, or among what came back.</summary>
public sealed partial class EarlierView
{
    private IEnumerable<(int Round, IEnumerable<string> Addresses)> Rounds =>
        Enumerable.Range(1, Model.Last).Select(r => (r, Addresses(r)));

    private IEnumerable<string> Addresses(int round) =>
        Model
            .Report.Cases.Where(c => c.Case.Stages.Count >= round && c.Verdict.Outcome != Outcome.NotOffered)
            .Select(c => Model.Report.Row.AddressOf(c.Case, round));
}

/// <summary>The messages of a test up to one.</summary>
/// <param name="Report">The test.</param>
/// <param name="Last">The last of them; 0 for none.</param>
public sealed record EarlierModel(TestReport Report, int Last);
