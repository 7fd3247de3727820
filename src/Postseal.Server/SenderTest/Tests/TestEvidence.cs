using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>From what was seen in a test to what the verdicts stand on.</summary>
internal static class TestEvidence
{
    /// <summary>By case id. Nobody tells us what has been sent: a message counts as sent once the sender has been seen to come with it. An address that was left
    /// out, or a message that has not been written yet, proves nothing.</summary>
    public static IReadOnlyDictionary<string, Evidence> Of(IReadOnlyList<SenderCase> cases, LiveTest test, SenderSeen seen) =>
        cases.ToDictionary(c => c.Id, c => Of(c, test, seen), StringComparer.Ordinal);

    private static Evidence Of(SenderCase one, LiveTest test, SenderSeen seen)
    {
        Observation[] here = [.. seen.Own.Where(o => one.Holds(o.Place))];
        var seesQuestions = here.Any(o => o is Observation.Asked);
        Probe[] rounds =
        [
            .. test.Rounds.Take(one.Stages.Count).Select((at, stage) => new Probe(stage, test.Row.AddressOf(one, stage + 1), at)),
        ];
        var all = Evidence.Of(one, rounds, here);
        return Evidence.Of(one, rounds.Where(IsSent), here).Beside(Evidence.Of(one, rounds, seen.Doubtful).Facts);

        bool IsSent(Probe message)
        {
            var hasArrived = all.Seen<Observation.Delivered>().Any(d => d.Fact.Stage < message.Stage);
            return all.Facts.Any(f => f.Stage == message.Stage && IsSign(f.What, hasArrived));
        }

        // Where a message must not arrive, a sender may go no further than to the policy. Where it must, or another has arrived before, a policy that is
        // looked at again is no message.
        bool IsSign(Observation o, bool hasArrived) =>
            !hasArrived && one.Expected == Expectation.Refuse && o is Observation.Fetched or Observation.Asked
            || Evidence.ShowsTry(o, seesQuestions || hasArrived);
    }
}
