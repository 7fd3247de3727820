using System.Net;
using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Verdicts;
using Xunit;
using static Postseal.Tests.Server.SenderTest.Sightings;

namespace Postseal.Tests.Server.SenderTest;

public sealed class JudgeTests
{
    [Fact]
    public void A_sender_that_does_everything_right_passes_every_case()
    {
        var verdict = Judged(Correct, isFinal: true);
        Assert.All(verdict.Cases, c => Assert.Equal((c.Id, Outcome.Pass), (c.Id, c.Outcome)));
        Assert.Equal(
            (Support.Yes, Support.Yes, Support.Yes, Support.Yes, true),
            (verdict.MtaSts, verdict.Dane, verdict.Precedence, verdict.TlsReports, verdict.IsFinal)
        );
    }

    [Fact]
    public void It_passes_before_the_end_too_but_for_what_takes_time() =>
        Assert.Equal([], Ids(Judged(Correct, isFinal: false), Outcome.Fail, Outcome.Inconclusive));

    [Fact]
    public void A_sender_that_delivers_everywhere_fails_where_it_should_have_refused_and_has_nothing()
    {
        var verdict = Judged(Careless, isFinal: true);
        Assert.Equal(
            ["C0", "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C18", "C19", "control-dane", "C23", "C24", "C25"],
            Ids(verdict, Outcome.Fail)
        );
        Assert.Equal(
            (Support.No, Support.No, Support.Inconclusive, Support.No),
            (verdict.MtaSts, verdict.Dane, verdict.Precedence, verdict.TlsReports)
        );
    }

    [Fact]
    public void Nothing_seen_proves_nothing()
    {
        var verdict = Judged(_ => [], isFinal: true);
        Assert.All(verdict.Cases, c => Assert.Equal(Outcome.Inconclusive, c.Outcome));
        Assert.Equal(Support.Inconclusive, verdict.MtaSts);
    }

    [Theory]
    [InlineData("control")]
    [InlineData("C0")]
    public void What_does_not_arrive_counts_only_if_the_domains_in_order_got_theirs(string missing)
    {
        var verdict = Judged(c => c.Id == missing ? Refuses(c, 0) : Correct(c), isFinal: true);
        Assert.Equal(Outcome.Inconclusive, Of(verdict, "C6").Outcome);
        Assert.Equal(Outcome.Pass, Of(verdict, "C9").Outcome);
        Assert.Equal(missing == "C0" ? Outcome.Fail : Outcome.Inconclusive, Of(verdict, missing).Outcome);
    }

    [Fact]
    public void A_sender_that_never_came_has_refused_nothing() =>
        Assert.Equal(Outcome.Inconclusive, Of(Judged(c => c.Id == "C6" ? [] : Correct(c), isFinal: true), "C6").Outcome);

    [Fact]
    public void A_sender_that_fetched_the_policy_and_then_did_not_connect_has_refused_in_the_end()
    {
        Assert.Equal(Outcome.Pass, Seen("C6", c => Learns(c, 0)).Outcome);
        Assert.Equal(Outcome.Inconclusive, Seen("C6", c => Learns(c, 0), isFinal: false).Outcome);
    }

    [Theory]
    [InlineData(false, Support.Yes)]
    [InlineData(true, Support.Yes)]
    public void A_sender_that_does_not_even_connect_there_is_early_no_less_a_sender_with_MTA_STS(
        bool isFinal,
        Support expected
    ) => Assert.Equal(expected, Judged(c => c.Id == "C18" ? Learns(c, 0) : Correct(c), isFinal).MtaSts);

    [Fact]
    public void What_is_merely_late_everywhere_makes_no_sender_with_MTA_STS()
    {
        var early = Judged(c => CaseRoles.Tells(c) && c.Id != "C0" ? Learns(c, 0) : Correct(c), isFinal: false);
        Assert.Equal(Support.Inconclusive, early.MtaSts);
    }

    [Fact]
    public void Messages_that_prime_do_not_count()
    {
        Assert.Equal(Outcome.Pass, Seen("C6", c => [.. Delivers(c, 0), .. Learns(c, 0), .. Refuses(c, 1)]).Outcome);
        Assert.Equal(Outcome.Fail, Seen("C9", c => [.. Delivers(c, 0), .. Refuses(c, 1)]).Outcome);
    }

    [Fact]
    public void An_earlier_message_that_comes_when_the_policy_has_long_been_known_fails()
    {
        Assert.Equal(Outcome.Pass, After(TimeSpan.FromSeconds(50)));
        Assert.Equal(Outcome.Fail, After(TimeSpan.FromMinutes(2)));

        static Outcome After(TimeSpan time)
        {
            var c = Case("C6");
            var late = Delivers(c, 0).Select(o => o with { At = o.At + time });
            return Seen("C6", _ => [.. Learns(c, 0), .. Refuses(c, 1), .. late]).Outcome;
        }
    }

    [Theory]
    [InlineData(30, Outcome.Pass)]
    [InlineData(300, Outcome.Fail)]
    public void It_says_nothing_where_the_domain_was_another_one_then(int secondsLate, Outcome expected) // 8461-3.3-12
    {
        var c = Case("C19");
        var late = Delivers(c, 0).Select(o => o with { At = o.At.AddSeconds(secondsLate) });
        Assert.Equal(expected, Seen("C19", _ => [.. Learns(c, 0), .. Refuses(c, 1), .. late]).Outcome);
    }

    [Fact]
    public void A_sender_that_learns_late_and_goes_on_delivering_fails()
    {
        Observation[] again = [.. Delivers(Case("C2"), 1).Select(o => o with { At = o.At.AddMinutes(10) })];
        Assert.Equal(Outcome.Fail, Seen("C2", c => [.. Delivers(c, 0), .. Delivers(c, 1), .. Learns(c, 2), .. again]).Outcome);
    }

    [Theory]
    [InlineData(null, true, Outcome.Fail)] // 8461-7.1-1
    [InlineData("mx1", true, Outcome.Pass)]
    [InlineData(null, false, Outcome.Pass)] // who has no MTA-STS checks no name
    public void Who_honours_the_policy_names_the_host_by_SNI(string? sni, bool learns, Outcome expected)
    {
        var c = Case("C27");
        var secured = Enumerable
            .Range(0, 2)
            .Select(i => new Observation.Secured(StartOf(i).AddSeconds(5), Client, $"mx1.{c.Domain}", sni, "TLSv1.3", null));
        var verdict = Seen("C27", _ => [.. learns ? Learns(c, 0) : [], .. Delivers(c, 0), .. Delivers(c, 1), .. secured]);
        Assert.Equal(expected, verdict.Outcome);
        Assert.Equal(sni is null, verdict.Seen.Contains("SNI", StringComparison.Ordinal));
    }

    [Fact]
    public void That_a_sender_refuses_without_a_policy_is_said()
    {
        string[] broken = ["C1", "C2", "C3", "C4", "C5"];
        var verdict = Judged(
            c => broken.Contains(c.Id) ? [.. Refuses(c, 0), .. Refuses(c, 1)] : [.. Delivers(c, 0), .. Delivers(c, 1)],
            isFinal: true
        );
        Assert.Equal(Support.No, verdict.MtaSts);
        Assert.All(
            broken,
            id =>
                Assert.Equal(
                    (Outcome.Pass, "The sender came, and the message did not arrive; the policy has not been fetched."),
                    (Of(verdict, id).Outcome, Of(verdict, id).Seen)
                )
        );
    }

    [Fact]
    public void A_policy_that_was_gone_before_it_was_fetched_proves_nothing() =>
        Assert.Equal(Outcome.Inconclusive, Seen("C19", c => [.. Delivers(c, 0), .. Delivers(c, 1)]).Outcome);

    [Fact]
    public void A_sender_that_demands_TLS_of_everybody_and_asks_for_no_policy_has_no_MTA_STS()
    {
        var verdict = Judged(c => c.Id is "C1" or "C24" ? Refuses(c, c.Stages.Count - 1) : Careless(c), isFinal: true);
        Assert.Equal(Outcome.Pass, Of(verdict, "C1").Outcome);
        Assert.Equal(Support.No, verdict.MtaSts);
    }

    [Fact]
    public void Where_questions_may_have_been_missed_nobody_is_blamed_for_not_asking()
    {
        var evidence = Cases.ToDictionary(c => c.Id, c => Evidence.Of(c, Probes(c), Careless(c)));
        var none = new Dictionary<string, string>();
        Assert.Equal(Outcome.Fail, Of(Judge.Of(Cases, evidence, Waited.ForRetries, none), "C0").Outcome);
        foreach (var waited in (Waited[])[Waited.NotYet, Waited.ForRetries])
        {
            var valid = Of(Judge.Of(Cases, evidence, waited, none, missesQuestions: true), "C0");
            Assert.Equal(Outcome.Inconclusive, valid.Outcome);
            Assert.Contains("other tests were open at the time", valid.Seen, StringComparison.Ordinal);
            Assert.DoesNotContain("not been asked for", valid.Seen, StringComparison.Ordinal);
        }

        var refusal = Of(Judge.Of(Cases, evidence, Waited.ForRetries, none, missesQuestions: true), "C6");
        Assert.Equal("The message arrived over TLS; that the policy was fetched was not seen.", refusal.Seen);
    }

    [Fact]
    public void What_may_be_someone_elses_is_shown_and_decides_nothing()
    {
        var none = new Dictionary<string, string>();
        var alone = Cases.ToDictionary(c => c.Id, c => Evidence.Of(c, Probes(c), Careless(c)));
        var beside = alone.ToDictionary(
            e => e.Key,
            e => e.Value.Beside(Evidence.Of(e.Value.Case, e.Value.Probes, Learns(e.Value.Case, 0)).Facts)
        );
        var (expected, judged) = (
            Judge.Of(Cases, alone, Waited.ForRetries, none),
            Judge.Of(Cases, beside, Waited.ForRetries, none)
        );
        Assert.Equal(expected.Cases.Select(c => c.Outcome), judged.Cases.Select(c => c.Outcome));
        Assert.Equal(expected.MtaSts, judged.MtaSts);
        Assert.Equal(
            "The message arrived over TLS, and nothing shows that the sender asked for the policy.",
            Of(judged, "C0").Seen
        );
        Assert.Contains(
            "2026-11-25 12:00:02Z before: may be someone else's: fetched https://mta-sts.c0.sender.lab.test/.well-known/mta-sts.txt: 200, User-Agent agent/1, from 192.0.2.7",
            Of(judged, "C0").Evidence
        );
    }

    [Fact]
    public void Where_all_is_in_order_the_policy_has_to_be_fetched_before_the_message_that_counts_arrives()
    {
        Assert.Equal(Outcome.Inconclusive, Seen("C0", c => [.. Delivers(c, 0), .. Delivers(c, 1), .. Learns(c, 2)]).Outcome);
        var again = Delivers(Case("C0"), 1).Select(o => o with { At = o.At.AddMinutes(9) });
        Assert.Equal(Outcome.Pass, Seen("C0", c => [.. Delivers(c, 1), .. Learns(c, 2), .. again]).Outcome);
    }

    [Fact]
    public void Mail_to_the_mailbox_of_reports_that_is_none_is_none()
    {
        var c = Case("C25");
        Observation[] spam =
        [
            new Observation.Delivered(Start, Client, $"mx1.{c.Domain}", $"tls-reports@{c.Domain}", true),
            new Observation.Reported(Start, Client, $"reports.{c.Domain}", "application/tlsrpt+json", 3),
        ];
        Assert.Equal(Outcome.Fail, Seen("C25", _ => [.. Delivers(c, 0), .. spam]).Outcome);
    }

    [Fact]
    public void Which_host_a_message_arrived_at_is_not_guessed()
    {
        var c = Case("C7");
        var nowhere = Delivers(c, 1).Select(o => o is Observation.Delivered d ? d with { Host = c.Domain } : o);
        Assert.Equal(Outcome.Inconclusive, Seen("C7", _ => nowhere).Outcome);
    }

    [Fact]
    public void One_address_for_all_stages_is_told_apart_by_time()
    {
        var c = Case("C6");
        Probe[] probes = [new(0, "one@c6.sender.lab.test", StartOf(0)), new(1, "one@c6.sender.lab.test", StartOf(1))];
        Observation[] first =
        [
            new Observation.Delivered(StartOf(0).AddSeconds(9), Client, "mx1.c6.sender.lab.test", probes[0].Recipient, true),
        ];
        Assert.Empty(Evidence.Of(c, probes, first).Deliveries);
        Assert.Single(Evidence.Of(c, probes, first.Select(o => o with { At = StartOf(1) })).Deliveries);
    }

    [Fact]
    public void A_policy_that_was_fetched_only_after_the_message_had_arrived_could_not_be_honoured() =>
        Assert.Equal(Outcome.Inconclusive, Seen("C2", c => [.. Delivers(c, 0), .. Delivers(c, 1), .. Learns(c, 2)]).Outcome);

    [Fact]
    public void A_sender_that_fetches_policies_after_it_has_delivered_passes_where_all_is_in_order()
    {
        Observation[] After(SenderCase c) =>
            [.. Delivers(c, 0), .. Learns(c, 0).Select(o => o with { At = o.At.AddSeconds(30) })];
        Assert.Equal(Outcome.Pass, Seen("C0", c => [.. After(c), .. Delivers(c, 1)]).Outcome);
        Assert.Equal(Outcome.Pass, Seen("C2", c => [.. After(c), .. Refuses(c, 1)]).Outcome);
        Assert.Equal(Outcome.Inconclusive, Seen("C2", c => [.. After(c), .. Refuses(c, 1)], isFinal: false, "C0", After).Outcome);
    }

    [Fact]
    public void The_cached_policy_counts_after_the_change_only_if_the_sender_came_after_it()
    {
        Assert.Equal(Outcome.Inconclusive, Seen("C19", c => [.. Learns(c, 0), .. Delivers(c, 0)]).Outcome);
        Assert.Equal(Outcome.Pass, Seen("C19", c => [.. Learns(c, 0), .. Delivers(c, 0), .. Refuses(c, 1)]).Outcome);
    }

    [Fact]
    public void A_redirection_must_not_be_followed_even_if_nothing_comes_of_it()
    {
        var c = Case("C11");
        var www = new Observation.Fetched(
            StartOf(0),
            Client,
            "www.c11.sender.lab.test",
            "/.well-known/mta-sts.txt",
            "agent/1",
            200
        );
        var stranger = www with { Client = IPAddress.Parse("198.51.100.1") };
        Assert.Equal(Outcome.Pass, Seen("C11", _ => [.. Correct(c), stranger], isFinal: false).Outcome);
        Assert.Equal(Outcome.Fail, Seen("C11", _ => [.. Correct(c), www], isFinal: false).Outcome);
    }

    [Fact]
    public void A_look_at_the_web_site_is_no_redirection_followed()
    {
        var c = Case("C11");
        var www = new Observation.Fetched(StartOf(0), Client, "www.c11.sender.lab.test", "/robots.txt", "crawler", 404);
        Assert.Equal(Outcome.Pass, Seen("C11", _ => [.. Correct(c), www]).Outcome);
    }

    [Fact]
    public void A_message_in_clear_fails_where_the_policy_is_met() =>
        Assert.Equal(Outcome.Fail, Seen("C27", c => [.. Learns(c, 0), .. Delivers(c, 1, tls: false)]).Outcome);

    [Fact]
    public void The_first_host_must_not_be_used_where_only_the_second_is_named()
    {
        Assert.Equal(Outcome.Fail, Seen("C7", c => [.. Delivers(c, 1), .. Delivers(c, 1, "mx2")]).Outcome);
        Assert.Equal(Outcome.Fail, Seen("C7", c => Refuses(c, 1)).Outcome);
    }

    [Theory]
    [Trait("rfc", "8689-3-1")]
    [InlineData("C2")]
    [InlineData("C7")]
    [InlineData("C9")]
    [InlineData("C19")]
    [InlineData("C21")]
    [InlineData("C23")]
    [InlineData("C0")]
    public void A_message_that_waives_TLS_proves_nothing_by_its_arrival(string id)
    {
        var judged = Seen(id, c => Waiving(Careless(c)));
        Assert.Equal(
            (Outcome.Inconclusive, "The message says TLS-Required: No, which asks the sender to ignore MTA-STS and DANE."),
            (judged.Outcome, judged.Seen)
        );
        Assert.Contains(judged.Evidence, l => l.Contains(", TLS-Required: no, from", StringComparison.Ordinal));
    }

    [Fact]
    public void It_is_enough_for_the_control_and_takes_nothing_from_a_message_beside_it_that_does_not()
    {
        Assert.Equal("The message arrived in clear.", Seen("control", c => Waiving(Delivers(c, 0, tls: false))).Seen);
        Assert.Equal(Outcome.Fail, Seen("C2", c => [.. Learns(c, 0), .. Waiving(Careless(c)), .. Delivers(c, 1)]).Outcome);
        Assert.Equal(Outcome.Pass, Seen("C7", c => [.. Waiving(Delivers(c, 1)), .. Delivers(c, 1, "mx2")]).Outcome);
    }

    private static IEnumerable<Observation> Waiving(IEnumerable<Observation> seen) =>
        seen.Select(o => o is Observation.Delivered d ? d with { TlsRequired = "no" } : o);

    [Theory]
    [InlineData(true, false, "A TLS report arrived by mail; its signature was not checked.")]
    [InlineData(false, true, "A TLS report arrived over HTTPS.")]
    [InlineData(true, true, "A TLS report arrived by mail, and one over HTTPS.")]
    [InlineData(false, false, "The message arrived, and no TLS report did.")]
    public void A_report_counts_by_mail_and_over_HTTPS(bool mailed, bool posted, string seen)
    {
        var (c, at) = (Case("C25"), Start.AddDays(1));
        var verdict = Judged(
            x =>
                x != c
                    ? Correct(x)
                    : (Observation[])
                        [
                            .. Delivers(c, 0),
                            .. mailed
                                ?
                                [
                                    new Observation.Delivered(at, Client, $"mx1.{c.Domain}", $"tls-reports@{c.Domain}", true)
                                    {
                                        ReportDomain = c.Domain,
                                    },
                                ]
                                : Nothing,
                            .. posted
                                ?
                                [
                                    new Observation.Reported(at, Client, $"reports.{c.Domain}", "application/tlsrpt+json", 9)
                                    {
                                        Domain = c.Domain,
                                    },
                                ]
                                : Nothing,
                        ],
            isFinal: true
        );
        Assert.Equal(
            (mailed || posted ? Outcome.Pass : Outcome.Fail, seen),
            (Of(verdict, "C25").Outcome, Of(verdict, "C25").Seen)
        );
        Assert.Equal(mailed || posted ? Support.Yes : Support.No, verdict.TlsReports);
        Assert.Equal(
            posted,
            Of(verdict, "C25").Evidence.Any(l => l.Contains("report posted to https://reports.c25.", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void What_is_not_offered_is_told_with_its_reason_and_counts_for_nothing()
    {
        var verdict = Judged(Correct, isFinal: true, ("C26", "No IPv6 here."), ("C24", "No old TLS here."));
        Assert.Equal((Outcome.NotOffered, "No IPv6 here."), (Of(verdict, "C26").Outcome, Of(verdict, "C26").Seen));
        Assert.Equal(Support.Yes, verdict.MtaSts);
    }

    [Theory]
    [InlineData("control-dane", "C22", "C23", "No Inconclusive", "The sender has no DANE.")]
    [InlineData("", "C22", "C23", "Yes No", "The sender has DANE, and has put MTA-STS before it.")]
    [InlineData("", "C22", "", "Yes Partly", "The sender has DANE, and has put MTA-STS before it.")]
    public void The_cause_is_named_where_it_is_known(string control, string good, string bad, string answers, string cause)
    {
        var verdict = Judged(
            c =>
                c.Id == good ? [.. Learns(c, 0), .. Refuses(c, 1)]
                : c.Id == control || c.Id == bad ? Careless(c)
                : Correct(c),
            isFinal: true
        );
        Assert.Equal(Support.Yes, verdict.MtaSts);
        Assert.Equal(answers, $"{verdict.Dane} {verdict.Precedence}");
        string[] failed = [.. Ids(verdict, Outcome.Fail)];
        Assert.Equal(new[] { control, good, bad }.Where(id => id.Length > 0), failed);
        Assert.All(failed, id => Assert.EndsWith($". {cause}", Of(verdict, id).Seen, StringComparison.Ordinal));
    }

    [Fact]
    public void Without_the_cases_about_DANE_nothing_is_said_of_it()
    {
        const string reason = "The zone is not signed.";
        var verdict = Judged(Correct, isFinal: true, ("control-dane", reason), ("C22", reason), ("C23", reason));
        Assert.Equal(
            (Support.Yes, Support.Inconclusive, Support.Inconclusive),
            (verdict.MtaSts, verdict.Dane, verdict.Precedence)
        );
    }

    [Fact]
    public void Evidence_is_told_oldest_first_and_inert()
    {
        var c = Case("C2");
        var nasty = new Observation.Greeted(StartOf(1).AddSeconds(30), Client, $"mx1.{c.Domain}", "\e[2J\u202E<b>", false);
        var lines = Seen("C2", _ => [nasty, nasty with { At = StartOf(1).AddSeconds(40) }, .. Learns(c, 0)]).Evidence;
        Assert.Equal(
            [
                "2026-11-25 12:00:01Z before: asked for TXT _mta-sts.c2.sender.lab.test: id 1, from 192.0.2.7",
                "2026-11-25 12:00:02Z before: fetched https://mta-sts.c2.sender.lab.test/.well-known/mta-sts.txt: 200, User-Agent agent/1, from 192.0.2.7",
                @"2026-11-25 12:01:30Z EHLO \x1B[2J\u{202E}<b> at mx1.c2.sender.lab.test in clear, from 192.0.2.7, 2 times",
            ],
            lines
        );
    }

    [Fact]
    public void Evidence_without_end_is_cut()
    {
        var c = Case("C2");
        var names = Enumerable
            .Range(0, 500)
            .Select(n => new Observation.Greeted(StartOf(1), Client, $"mx1.{c.Domain}", $"name{n}", false));
        var lines = Seen("C2", _ => names).Evidence;
        Assert.Equal((101, "… and 400 more"), (lines.Count, lines[^1]));
    }

    [Fact]
    public void Other_domains_and_other_tests_recipients_are_no_evidence()
    {
        var c = Case("C2");
        Observation[] others =
        [
            new Observation.Delivered(StartOf(1), Client, $"mx1.{c.Domain}", $"somebody@{c.Domain}", true),
            new Observation.Connected(StartOf(1), Client, "mx1.c20.sender.lab.test"),
            new Observation.Asked(StartOf(1), Client, "notc2.sender.lab.test", "MX"),
        ];
        Assert.Empty(Evidence.Of(c, Probes(c), others).Facts);
    }

    private static readonly Observation[] Nothing = [];

    private static CaseVerdict Seen(string id, Func<SenderCase, IEnumerable<Observation>> seen, bool isFinal = true) =>
        Of(Judged(c => c.Id == id ? seen(c) : Correct(c), isFinal), id);

    private static CaseVerdict Seen(
        string id,
        Func<SenderCase, IEnumerable<Observation>> seen,
        bool isFinal,
        string other,
        Func<SenderCase, IEnumerable<Observation>> seenThere
    ) =>
        Of(
            Judged(
                c =>
                    c.Id == id ? seen(c)
                    : c.Id == other ? seenThere(c)
                    : Correct(c),
                isFinal
            ),
            id
        );

    private static CaseVerdict Of(RunVerdict verdict, string id) => verdict.Cases.Single(c => c.Id == id);

    private static IEnumerable<string> Ids(RunVerdict verdict, params Outcome[] outcomes) =>
        verdict.Cases.Where(c => outcomes.Contains(c.Outcome)).Select(c => c.Id);
}
