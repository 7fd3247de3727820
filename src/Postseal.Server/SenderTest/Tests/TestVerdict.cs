using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>From what was seen in a test to the verdicts.</summary>
internal static class TestVerdict
{
    public static RunVerdict Of(
        IReadOnlyList<SenderCase> cases,
        IReadOnlyDictionary<string, Evidence> evidence,
        bool isFinal,
        bool missesQuestions,
        IReadOnlyDictionary<string, string> notOffered
    ) => Judge.Of(cases, evidence, isFinal ? Waited.ForRetries : Waited.NotYet, notOffered, missesQuestions);

    /// <summary>By case id. Nobody tells us what has been sent: a message counts as sent once the sender has been seen to come with it. An address that was left
    /// out, or a message that has not been written yet, proves nothing.</summary>
    public static IReadOnlyDictionary<string, Evidence> Gather(IReadOnlyList<SenderCase> cases, LiveTest test, SenderSeen seen) =>
        cases.ToDictionary(c => c.Id, c => Gather(c, test, seen), StringComparer.Ordinal);

    private static Evidence Gather(SenderCase one, LiveTest test, SenderSeen seen)
    {
        Observation[] here = [.. seen.Own.Where(o => one.Holds(o.Place))];
        var seesQuestions = here.Any(o => o is Observation.Asked);
        Probe[] rounds =
        [
            .. test
                .Rounds.Take(one.Stages.Count)
                .Select((at, stage) => new Probe(stage, new Address(test.Row.Mailbox, stage + 1, one.Domain).ToString(), at)),
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
