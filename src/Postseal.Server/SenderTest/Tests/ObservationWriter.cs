using System.Data.Common;
using Postseal.Lab.Watching;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>Writes down what was seen. A database that fails is tried again for a while: a delivery that is lost would look like a refusal.</summary>
internal sealed class ObservationWriter(TestStore store, TimeProvider clock, ILogger log)
{
    /// <summary>With <see cref="Pause"/> a minute: a database that is started anew is back by then, and what is seen meanwhile waits in <see cref="Intake"/>.</summary>
    internal const int MostAttempts = 60;

    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Writes down observations and new warnings, and wakes those who watch the tests.</summary>
    /// <param name="rows">The observations with their numbers.</param>
    /// <param name="warned">Tests whose pages warn of something new.</param>
    /// <param name="ct">Ends the attempts.</param>
    public async Task WriteAsync(
        List<(LiveTest Test, int Number, Observation Observation)> rows,
        IReadOnlyList<LiveTest> warned,
        CancellationToken ct
    )
    {
        if (rows.Count == 0 && warned.Count == 0)
            return;

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                foreach (var test in warned)
                    await store.WarnAsync(test.Row.Mailbox, test.IsShared, test.MissesQuestions, ct);
                await store.KeepAsync([.. rows.Select(r => (r.Test.Row.Mailbox, r.Number, r.Observation))], ct);
                break;
            }
            catch (DbException e) when (attempt < MostAttempts)
            {
                TestLog.KeepFails(log, rows.Count, e.Message);
            }
            catch (DbException e)
            {
                TestLog.KeepEnds(log, rows.Count, e.Message);
                rows.ForEach(r => r.Test.Miss());
                break;
            }

            await Task.Delay(Pause, clock, ct);
        }

        var now = clock.GetUtcNow();
        foreach (var test in rows.Select(r => r.Test).Distinct())
            test.Touch(now);
        foreach (var test in warned)
            test.Tell();
    }
}
