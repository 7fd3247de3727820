using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Server.SenderTest.Running;

/// <summary>Says on standard error what a run is at, and each verdict as it comes in.</summary>
internal sealed class Progress(TextWriter error)
{
    private readonly Dictionary<string, Outcome> _told = new(StringComparer.Ordinal);

    /// <summary>A line.</summary>
    public Task SayAsync(string text, CancellationToken ct) => ServerApp.SayAsync(error, text, ct);

    /// <summary>A line for each verdict that is another than before.</summary>
    public async Task TellAsync(RunVerdict verdict, CancellationToken ct)
    {
        foreach (var of in verdict.Cases)
        {
            var before = _told.GetValueOrDefault(of.Id, Outcome.Inconclusive);
            _told[of.Id] = of.Outcome;
            if (of.Outcome != before)
                await SayAsync($"{of.Id} {VerdictWords.Of(of.Outcome)}: {of.Seen}", ct);
        }
    }
}
