using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>From what was seen in a test to the verdicts.</summary>
internal static class TestVerdict
{
    public static RunVerdict Of(
        IReadOnlyList<SenderCase> cases,
        LiveTest test,
        SenderSeen seen,
        bool isFinal,
        IReadOnlyDictionary<string, string> notOffered
    ) =>
        Judge.Of(
            cases,
            cases.ToDictionary(c => c.Id, c => Gather(c, test, seen), StringComparer.Ordinal),
            isFinal ? Waited.ForRetries : Waited.NotYet,
            notOffered,
            test.MissesQuestions
        );

    // Nobody tells us what has been sent. A round counts for a case once the sender has been seen at its domain: an address that was left out, or a
    // message that has not been written yet, proves nothing.
    private static Evidence Gather(SenderCase one, LiveTest test, SenderSeen seen)
    {
        Observation[] here = [.. seen.Own.Where(o => one.Holds(o.Place))];
        var seesQuestions = here.Any(o => o is Observation.Asked);
        var probes = test
            .Rounds.Take(one.Stages.Count)
            .Select((at, stage) => new Probe(stage, new Address(test.Row.Mailbox, stage + 1, one.Domain).ToString(), at))
            .Where(p => here.Any(o => o.At >= p.SentAt && IsSign(o)));
        return Evidence.Of(one, probes, here).Beside(seen.Doubtful);

        // Where a message must not arrive, a sender may go no further than to the policy; where it must, a policy that is renewed is no message.
        bool IsSign(Observation o) => one.Expected == Expectation.Refuse || Evidence.ShowsTry(o, seesQuestions);
    }
}
