using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Verdicts;
using Xunit;
using static Postseal.Tests.Server.SenderTest.Sightings;

namespace Postseal.Tests.Server.SenderTest;

/// <summary>Verdicts that depend on how long was waited, and on what was asked of the sender at all.</summary>
public sealed class WaitTests
{
    [Theory]
    [InlineData(Waited.NotYet, Outcome.Inconclusive)]
    [InlineData(Waited.ForOneTry, Outcome.Pass)]
    [InlineData(Waited.ForRetries, Outcome.Fail)]
    public void A_message_held_back_must_be_tried_again(Waited waited, Outcome expected) // 8461-5-5
    {
        Observation[] seen =
        [
            .. Learns(Case("C20"), 0),
            .. Delivers(Case("C20"), 0),
            .. Refuses(Case("C20"), 1),
            .. Delivers(Case("C20"), 2),
        ];
        Assert.Equal(expected, Judged("C20", seen, waited));
        Assert.Equal(Outcome.Pass, Judged("C20", [.. Correct(Case("C20"))], waited));
        // A message that nobody has seen the sender with was perhaps not sent.
        Assert.Equal(Outcome.Pass, Judged("C20", [.. seen.Where(o => o.At < StartOf(1) || o.At >= StartOf(2))], waited));
    }

    [Theory]
    [InlineData(Waited.NotYet, Outcome.Inconclusive)]
    [InlineData(Waited.ForOneTry, Outcome.Inconclusive)]
    [InlineData(Waited.ForRetries, Outcome.Fail)]
    public void Who_fetches_a_new_policy_beside_its_try_has_to_try_again(Waited waited, Outcome expected) // 8461-5.1-1
    {
        var c = Case("C20");
        Observation[] before = [.. Learns(c, 0), .. Delivers(c, 0), .. Refuses(c, 1), .. Refuses(c, 2)];
        var fetch = Learns(c, 2).Select(o => o with { At = o.At.AddSeconds(20) });
        Assert.Equal(expected, Judged("C20", [.. before, .. fetch], waited));
        Assert.Equal(waited == Waited.NotYet ? expected : Outcome.Fail, Judged("C20", before, waited));
    }

    [Fact]
    public void A_policy_fetched_and_a_message_that_arrived_make_no_sender_with_MTA_STS()
    {
        SenderCase[] cases = [.. Cases.Where(c => c.Id is CaseCatalogue.ControlId or "C0" or "C8")];
        var verdict = Judge.Of(
            cases,
            cases.ToDictionary(c => c.Id, c => Evidence.Of(c, Probes(c), Correct(c))),
            Waited.ForRetries,
            new Dictionary<string, string>()
        );
        Assert.All(verdict.Cases, c => Assert.Equal(Outcome.Pass, c.Outcome));
        Assert.Equal(Support.Inconclusive, verdict.MtaSts);
    }

    [Fact]
    public void A_message_that_the_server_under_test_does_not_take_proves_nothing_unless_it_arrives()
    {
        var verdict = Untaken(Correct);
        Assert.All(
            verdict.Cases.Where(c => CaseRoles.Tells(Case(c.Id)) && c.Id is not ("C0" or "C7")),
            c =>
                Assert.Equal(
                    (Outcome.Inconclusive, "The server under test did not take the message: 451 later"),
                    (c.Outcome, c.Seen)
                )
        );
        Assert.Equal(Support.Inconclusive, verdict.MtaSts);
        Assert.Equal(Outcome.Fail, Untaken(Careless).Cases.Single(c => c.Id == "C2").Outcome);

        static RunVerdict Untaken(Func<SenderCase, IEnumerable<Observation>> seen) =>
            Judge.Of(
                Cases,
                Cases.ToDictionary(c => c.Id, c => Evidence.Of(c, Probes(c), seen(c), CaseRoles.Tells(c) ? "451 later" : null)),
                Waited.ForRetries,
                new Dictionary<string, string>()
            );
    }

    private static Outcome Judged(string id, IEnumerable<Observation> seen, Waited waited) =>
        Judge
            .Of(
                Cases,
                Cases.ToDictionary(c => c.Id, c => Evidence.Of(c, Probes(c), c.Id == id ? seen : Correct(c))),
                waited,
                new Dictionary<string, string>()
            )
            .Cases.Single(c => c.Id == id)
            .Outcome;
}
