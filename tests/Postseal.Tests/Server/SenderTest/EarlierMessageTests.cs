using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Tests;
using Postseal.Server.SenderTest.Verdicts;
using Xunit;
using static Postseal.Tests.Server.SenderTest.Sightings;

namespace Postseal.Tests.Server.SenderTest;

/// <summary>On the web nobody tells what was sent: what a message of an earlier round does, however late, is no sign of the one of this round.</summary>
public sealed class EarlierMessageTests
{
    [Fact]
    public void A_message_that_comes_a_round_late_to_the_faulty_domain_is_no_refusal_of_the_next()
    {
        var verdict = Verdict("C2", isFinal: true, [.. Late("C2", 0)]);
        Assert.Equal(Outcome.Inconclusive, verdict.Outcome);
        Assert.Equal("The message that counts was not sent, or nothing of it was seen.", verdict.Seen);
    }

    [Fact]
    public void Nor_is_it_a_message_lost_where_one_should_arrive() =>
        Assert.Equal(Outcome.Inconclusive, Verdict("C9", isFinal: true, [.. Late("C9", 0)]).Outcome);

    [Fact]
    public void A_sender_that_delivers_and_then_comes_no_further_has_not_refused_before_the_end()
    {
        Observation[] seen = [.. Late("C2", 0), .. Unnamed("C2", minutes: 30)];
        Assert.Equal(Outcome.Inconclusive, Verdict("C2", isFinal: false, seen).Outcome);
        Assert.Equal(Outcome.Pass, Verdict("C2", isFinal: true, seen).Outcome);
        Observation[] learnt = [.. Learns(Case("C2"), 1).Select(o => o with { At = o.At.AddMinutes(20) }), .. seen];
        Assert.Equal(Outcome.Pass, Verdict("C2", isFinal: false, learnt).Outcome);
    }

    [Fact]
    public void What_went_before_its_arrival_may_have_been_its_own()
    {
        Observation[] seen = [.. Late("C2", 0), .. Unnamed("C2", minutes: 1)];
        Assert.Equal(Outcome.Inconclusive, Verdict("C2", isFinal: true, seen).Outcome);
    }

    [Fact]
    public void A_policy_that_is_fetched_once_more_after_a_message_has_arrived_is_no_message() // 8461-3.3-13
    {
        var c = Case("C2");
        Observation[] renews =
        [
            .. Learns(c, 1),
            new Observation.Asked(StartOf(1).AddSeconds(1), Client, $"mta-sts.{c.Domain}", "A"),
        ];
        Assert.Equal(Outcome.Inconclusive, Verdict("C2", isFinal: true, [.. Delivers(c, 0), .. Learns(c, 0), .. renews]).Outcome);
        Assert.Equal(Outcome.Pass, Verdict("C2", isFinal: true, [.. Learns(c, 0), .. Refuses(c, 0), .. renews]).Outcome);

        c = Case("C19");
        Observation[] before = [.. Learns(c, 0), .. Delivers(c, 0)];
        Assert.Equal(Outcome.Inconclusive, Verdict("C19", isFinal: true, [.. before, .. Learns(c, 1, 404)]).Outcome);
        Assert.Equal(Outcome.Pass, Verdict("C19", isFinal: true, [.. before, .. Learns(c, 1, 404), .. Refuses(c, 1)]).Outcome);
    }

    [Fact]
    public void Nor_is_a_round_in_which_nothing_was_sent_a_failure_when_policies_are_renewed_a_day_later() // 8461-3.3-13
    {
        Observation[] seen =
        [
            .. Cases.SelectMany(Correct).Where(o => o.At < StartOf(1)),
            .. Cases.SelectMany(c => Learns(c, 1)).Select(o => o with { At = o.At.AddDays(1) }),
        ];
        var verdict = Judged(Gathered(seen));
        Assert.DoesNotContain(verdict.Cases, c => c.Outcome == Outcome.Fail && Case(c.Id).Stages.Count > 1);
    }

    [Fact]
    public void A_sender_that_knows_the_policies_from_an_earlier_test_and_acts_on_them_has_MTA_STS()
    {
        Observation[] seen = [.. Cases.SelectMany(Correct).Where(o => o is not (Observation.Fetched or Observation.Asked))];
        var verdict = Judged(Gathered(seen));
        Assert.Equal(Outcome.Pass, verdict.Cases.Single(c => c.Id == "C0").Outcome);
        Assert.NotEqual(Support.No, verdict.MtaSts);
    }

    [Fact]
    public void A_bounce_is_told_even_of_a_message_that_was_not_seen_and_decides_nothing()
    {
        var to = new Address(Mailbox, 2, Case("C2").Domain).ToString();
        var bounce = new Observation.Bounced(StartOf(1).AddDays(5), to, "failed", "5.7.5", "not \u202Etrusted");
        var sorted = SenderSeen.Of(Cases, Mailbox, [bounce]);
        Assert.Empty(sorted.Own);
        var evidence = TestEvidence.Of(Cases, Test(), sorted);
        Assert.False(evidence["C2"].IsSent);
        var verdict = Judged(evidence);
        var one = verdict.Cases.Single(c => c.Id == "C2");
        Assert.Equal(Outcome.Inconclusive, one.Outcome);
        Assert.Equal(
            $"2026-11-30 12:01:00Z a bounce, brought by a visitor, says of {to}: failed, 5.7.5, not \\u{{202E}}trusted",
            Assert.Single(one.Evidence)
        );
    }

    [Fact]
    public void The_sender_has_come_for_those_addresses_whose_message_it_has_come_with()
    {
        Observation[] seen = [.. Cases.SelectMany(c => Delivers(c, 0))];
        Assert.Equal(Cases.Count, Sent(seen, stage: 0));
        Observation[] late = [.. Cases.SelectMany(c => Late(c.Id, 0)), .. Delivers(Case("C2"), 1)];
        Assert.Equal(Cases.Count, Sent(late, stage: 0));
        Assert.Equal(1, Sent(late, stage: 1));

        static int Sent(Observation[] seen, int stage) => Gathered(seen).Values.Count(e => e.Probes.Any(p => p.Stage == stage));
    }

    // The message of a stage, twenty minutes into the round after it.
    private static IEnumerable<Observation> Late(string id, int stage) =>
        Delivers(Case(id), stage).Select(o => o with { At = o.At.AddMinutes(20) });

    private static IEnumerable<Observation> Unnamed(string id, int minutes) =>
        Refuses(Case(id), 1).Select(o => o with { At = o.At.AddMinutes(minutes) });

    private static CaseVerdict Verdict(string id, bool isFinal, Observation[] seen)
    {
        Observation[] all = [.. Cases.Where(c => c.Id != id).SelectMany(Correct), .. seen];
        return Judged(Gathered(all), isFinal).Cases.Single(c => c.Id == id);
    }

    private static RunVerdict Judged(IReadOnlyDictionary<string, Evidence> evidence, bool isFinal = true) =>
        Judge.Of(Cases, evidence, isFinal ? Waited.ForRetries : Waited.NotYet, new Dictionary<string, string>());

    private static IReadOnlyDictionary<string, Evidence> Gathered(Observation[] seen) =>
        TestEvidence.Of(Cases, Test(), new([.. seen.Select(OnTheWeb)], []));

    private static LiveTest Test() =>
        new(new(Mailbox, Start, Start.AddDays(7), null, null), [StartOf(0), StartOf(1)], [default, default]);
}
