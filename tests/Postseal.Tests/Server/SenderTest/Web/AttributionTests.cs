using System.Net;
using Postseal.Lab.Https;
using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Tests;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Web;

/// <summary>Whose an observation is.</summary>
public sealed class AttributionTests
{
    private const string Host = "mx1.c2.sender.example";
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    private static readonly IPAddress Mta = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Other = IPAddress.Parse("192.0.2.2");

    private readonly LiveTest _a = Live('a');
    private readonly LiveTest _b = Live('b');
    private readonly Attribution _both;

    public AttributionTests() => _both = new(() => [_a, _b]);

    [Fact]
    public void What_a_sender_did_before_it_named_the_test_belongs_to_the_test()
    {
        Assert.Empty(_both.Of(new Observation.Connected(Now, Mta, Host), null));
        Assert.Empty(_both.Of(new Observation.Connected(Now, Other, Host), null));
        var claimed = _both.Of(Rcpt(_a, Mta), null).ToArray();
        Assert.Equal(
            [typeof(Observation.Connected), typeof(Observation.Addressed)],
            claimed.Select(c => c.Observation.GetType())
        );
        Assert.All(claimed, c => Assert.Same(_a, c.Test));
        Assert.Same(_a, Assert.Single(_both.Of(new Observation.HandshakeFailed(Now, Mta, Host, "x"), null)).Test);
        Assert.Empty(_both.Of(new Observation.HandshakeFailed(Now, Other, Host, "x"), null));
    }

    [Fact]
    public void What_was_seen_before_the_test_was_opened_does_not()
    {
        Assert.Empty(_both.Of(new Observation.Connected(Now.AddMinutes(-1), Mta, Host), null));
        Assert.Single(_both.Of(Rcpt(_a, Mta), null));
    }

    [Fact]
    public void Two_tests_of_one_sender_share_what_names_neither_and_are_told_so()
    {
        Assert.Single(_both.Of(Rcpt(_a, Mta), null).ToArray());
        Assert.False(_a.IsShared);
        Assert.Same(_b, Assert.Single(_both.Of(Rcpt(_b, Mta), null).ToArray()).Test);
        Assert.True(_a.IsShared && _b.IsShared);
        Assert.Equal(2, _both.Of(new Observation.Connected(Now, Mta, Host), null).Count());
    }

    [Fact]
    public void A_policy_fetched_from_elsewhere_goes_to_the_only_test_there_is()
    {
        var fetched = new Observation.Fetched(Now, Other, "mta-sts.c2.sender.example", "/", null, 200);
        Assert.Empty(_both.Of(fetched, null));
        Assert.Same(_a, Assert.Single(new Attribution(() => [_a]).Of(fetched, null)).Test);
        Assert.Empty(new Attribution(() => [_a]).Of(new Observation.Connected(Now, Other, Host), null));
        Assert.Same(_a, Assert.Single(new Attribution(() => [_a]).Of(fetched with { At = Now.AddHours(1) }, null)).Test);
    }

    [Fact]
    public void A_bounce_goes_to_the_test_that_it_names_when_that_is_final_too()
    {
        var late = Now + TestLimits.Final + TimeSpan.FromDays(2);
        var bounce = new Observation.Bounced(late, $"{_b.Row.Mailbox}@c2.sender.example", "failed", null, "");
        Assert.Same(_b, Assert.Single(_both.Of(bounce, null)).Test);
        Assert.Empty(_both.Of(Rcpt(_b, Mta) with { At = late }, null));
    }

    [Fact]
    public void A_place_belongs_to_its_test_whoever_comes() =>
        Assert.Same(_b, Assert.Single(_both.Of(new Observation.Connected(Now, Other, Host), _b)).Test);

    [Fact]
    public void A_flood_of_strangers_costs_a_bounded_memory()
    {
        for (var i = 0; i < TestLimits.UnclaimedPerClient * 3; i++)
            Assert.Empty(_both.Of(new Observation.Connected(Now, Mta, Host), null));

        var unclaimed = new Unclaimed();
        for (var i = 0; i < TestLimits.Unclaimed * 2; i++)
            unclaimed.Keep(
                new([10, 0, (byte)(i / 200), (byte)(i % 200)]),
                new Observation.Connected(Now, new([10, 0, (byte)(i / 200), (byte)(i % 200)]), Host)
            );

        Assert.Equal(TestLimits.Unclaimed, unclaimed.Count);
        Assert.Equal(TestLimits.UnclaimedPerClient + 1, _both.Of(Rcpt(_a, Mta), null).Count());
        Assert.Single(_both.Of(Rcpt(_a, Other), null));
    }

    [Fact]
    public void What_no_test_can_claim_any_more_is_dropped()
    {
        var unclaimed = new Unclaimed();
        unclaimed.Keep(Mta, new Observation.Connected(Now, Mta, Host));
        unclaimed.Keep(Other, new Observation.Connected(Now.AddMinutes(1), Other, Host));
        unclaimed.Keep(Mta, new Observation.Connected(Now.AddMinutes(2), Mta, Host));
        unclaimed.Forget(Now.AddMinutes(1));
        Assert.Equal(2, unclaimed.Count);
        Assert.Empty(unclaimed.Claim(Mta, Now.AddMinutes(3))); // perhaps the next one's
        Assert.Single(unclaimed.Claim(Mta, Now));
        unclaimed.Forget(null);
        Assert.Equal(0, unclaimed.Count);

        Assert.Empty(_both.Of(new Observation.Connected(Now, Mta, Host), null));
        _both.Forget(Now + TestLimits.Final);
        Assert.Single(_both.Of(Rcpt(_a, Mta), null));
    }

    [Fact]
    public void A_test_that_is_over_gets_nothing_any_more_and_warns_of_nothing_new()
    {
        var later = Now + TestLimits.Final;
        var next = new LiveTest(new(new('c', TestKey.Length), later, later.AddDays(7), null, null), [later], [default]);
        var all = new Attribution(() => [_a, next]);
        Assert.Single(all.Of(Rcpt(_a, Mta), null).ToArray());
        Assert.Empty(all.Of(Rcpt(_a, Mta) with { At = later }, null));
        Assert.Empty(all.Of(new Observation.Connected(later, Other, Host), _a));
        Assert.Empty(all.Of(new Observation.Fetched(later, Mta, "mta-sts.c0.sender.example", "/", null, 200), null));
        Assert.Empty(all.TakeWarned());

        // What its sender still tries may be taken for the next test's, which is told so.
        Assert.Equal(2, all.Of(Rcpt(next, Mta) with { At = later }, null).Count());
        Assert.Equal([next], all.TakeWarned());
        Assert.Empty(all.TakeWarned());
        Assert.True(next.IsShared && !_a.IsShared);
        Assert.False(next.MissesQuestions || _a.MissesQuestions);
    }

    [Fact]
    public void A_report_of_a_stranger_about_another_time_goes_to_nobody()
    {
        _a.Count(Delivered(_a));
        ReportPeriod?[] others = [null, new(Now.AddDays(-2), Now.AddSeconds(-1)), new(Now.AddDays(2), Now.AddDays(3))];
        foreach (var period in others)
        {
            Assert.All(Reports(Other, period), r => Assert.Empty(_both.Of(r, null)));
            Assert.All(Reports(Other), r => Assert.Single(_both.Of(r, null)));
        }
    }

    [Fact]
    public void Many_fetches_of_a_stranger_do_not_use_up_the_share_of_the_sender()
    {
        var fetched = new Observation.Fetched(Now, Other, "mta-sts.c0.sender.example", "/", "crawler", 200);
        for (var i = 0; i < TestLimits.OfOneKind; i++)
            Assert.NotNull(_a.Count(fetched));

        Assert.Null(_a.Count(fetched));
        Assert.NotNull(_a.Count(fetched with { UserAgent = "sender" }));
        _a.Learn(Mta);
        Assert.NotNull(_a.Count(fetched with { Client = Mta }));
    }

    [Fact]
    public void What_is_given_to_nobody_is_missing_in_each_test_that_it_may_have_belonged_to()
    {
        var (first, second) = (Live('c'), Live('d'));
        Assert.False(first.MissesQuestions);
        Assert.Empty(
            new Attribution(() => [first, second]).Of(
                new Observation.Fetched(Now, Other, "mta-sts.c0.sender.example", "/", null, 200),
                null
            )
        );
        Assert.True(first.MissesQuestions && second.MissesQuestions);
    }

    [Fact]
    public void Of_several_the_active_one_gets_it_and_the_idle_ones_may_miss_it()
    {
        var later = Now.AddHours(1);
        var fetched = new Observation.Fetched(later, Other, "mta-sts.c0.sender.example", "/", null, 200);
        _a.Touch(later);
        Assert.Same(_a, Assert.Single(_both.Of(fetched, null)).Test);
        Assert.Equal((false, true), (_a.MissesQuestions, _b.MissesQuestions));
        Assert.Equal([_b], _both.TakeWarned());

        // None is active: it may be either's.
        Assert.Empty(_both.Of(fetched with { At = later.AddHours(1) }, null));
        Assert.True(_a.MissesQuestions);
        Assert.Equal([_a], _both.TakeWarned());
    }

    [Fact]
    public void Strangers_have_a_small_share_and_keep_nothing_out_that_is_the_senders()
    {
        for (var i = 0; i < 2 * TestLimits.Observations; i++)
        {
            var agent = $"agent/{i}";
            _a.Count(new Observation.Asked(Now, Other, $"x{i}.c0.sender.example", "A"));
            _a.Count(new Observation.Fetched(Now, Other, "mta-sts.c0.sender.example", PolicySite.Path, agent, 200));
        }

        Assert.Equal((TestLimits.Strange, true), (_a.Kept, _a.MissesQuestions)); // may have been the sender's own resolver
        _a.Learn(Mta);
        for (var i = 0; i < TestLimits.Observations; i++)
            Assert.NotNull(_a.Count(new Observation.Asked(Now, Mta, $"x{i}.c0.sender.example", "A")));

        // The next round has a share of its own.
        _a.Begin(Now.AddMinutes(1));
        Assert.NotNull(_a.Count(new Observation.Asked(Now.AddMinutes(2), Other, "c0.sender.example", "A")));
    }

    [Fact]
    public void What_is_only_repeated_is_not_missed()
    {
        for (var i = 0; i < 100; i++)
        {
            _a.Count(new Observation.Asked(Now, Other, "_mta-sts.c0.sender.example", "TXT"));
            _a.Count(new Observation.Connected(Now, Mta, Host));
        }

        Assert.Equal((TestLimits.OfOneQuestion + TestLimits.OfOneKind, false), (_a.Kept, _a.MissesQuestions));
        Assert.NotNull(_a.Count(new Observation.Asked(Now, Other, "_mta-sts.c0.sender.example", "TXT") { PolicyId = "2" }));
        Assert.NotNull(_a.Count(new Observation.Asked(Now, Mta, "c0.sender.example", "MX")));
    }

    [Fact]
    public void Questions_for_names_that_no_case_has_are_not_taken_note_of()
    {
        const string Zone = "sender.example";
        var intake = new SenderBench(Zone, [], places: 1, new Dictionary<string, string>(StringComparer.Ordinal)).Intake;
        string[] asked =
        [
            "c0",
            "_mta-sts.c0",
            "mta-sts.c0",
            "mx1.c0",
            "_25._tcp.mx1.c0",
            "_smtp._tls.c0",
            "_mta-sts.control",
            "mx2.c7",
            "reports.c25",
            "_mta-sts.c19.p1",
            "_25._tcp.mx1.c22",
        ];
        foreach (var name in asked)
        {
            intake.Observe(new Observation.Asked(Now, Other, $"{name}.{Zone}", "A"));
            Assert.True(intake.Seen.TryRead(out _), name);
        }

        foreach (var name in (string[])["x1.c0", "c99", "_mta-sts.x.c0", "c19.p2"])
        {
            intake.Observe(new Observation.Asked(Now, Other, $"{name}.{Zone}", "A"));
            Assert.False(intake.Seen.TryRead(out _), name);
        }
    }

    [Fact]
    public void Tries_of_days_do_not_drown_the_message_and_the_report_that_come_last()
    {
        _a.Learn(Mta);
        for (var i = 0; i < 2 * TestLimits.Observations; i++)
            _a.Count(new Observation.Connected(Now, Mta, $"mx1.c{i}.sender.example"));

        Assert.Equal(TestLimits.Observations, _a.Kept);
        Assert.True(_a.MissesQuestions);
        Assert.NotNull(_a.Count(new Observation.Delivered(Now, Mta, Host, "x@c2.sender.example", true)));
        Assert.NotNull(
            _a.Count(new Observation.Reported(Now, Other, "reports.c25.sender.example", "application/tlsrpt+gzip", 9))
        );
    }

    [Fact]
    public void A_round_has_its_own_share()
    {
        Observation connected = new Observation.Connected(Now, Mta, Host);
        for (var i = 0; i < 100; i++)
            _a.Count(connected);

        _a.Begin(Now.AddMinutes(5));
        Assert.NotNull(_a.Count(connected with { At = Now.AddMinutes(6) }));
        Assert.Null(_a.Count(connected));
    }

    [Fact]
    public void One_case_does_not_use_up_the_room_of_the_others()
    {
        for (var i = 0; i < 1000; i++)
            _a.Count(new Observation.Connected(Now, Mta, Host));

        Assert.Equal(TestLimits.OfOneKind, _a.Kept);
        Assert.NotNull(_a.Count(new Observation.Connected(Now, Mta, "mx1.c3.sender.example")));
    }

    [Fact]
    public void Other_pages_of_a_policy_host_do_not_use_up_the_share_of_its_policy()
    {
        var page = new Observation.Fetched(Now, Other, "mta-sts.c0.sender.example", "/robots.txt", "sender", 404);
        while (_a.Count(page) is not null) { }

        Assert.NotNull(_a.Count(page with { Path = "/.well-known/mta-sts.txt", Status = 200 }));
    }

    [Fact]
    public void A_report_goes_to_the_tests_of_the_sender_that_has_this_address()
    {
        Assert.Single(_both.Of(Rcpt(_a, Mta), null).ToArray());
        _b.Count(Delivered(_b));
        Assert.All(Reports(Mta), r => Assert.Same(_a, Assert.Single(_both.Of(r, null)).Test));
        Assert.Single(_both.Of(Rcpt(_b, Mta), null).ToArray());
        Assert.All(Reports(Mta), r => Assert.Equal(2, _both.Of(r, null).Count()));
    }

    [Fact]
    public void A_report_of_a_stranger_goes_to_the_only_test_with_a_message_at_that_domain_or_to_nobody()
    {
        Assert.All(Reports(Other), r => Assert.Empty(_both.Of(r, null)));
        _a.Count(Delivered(_a));
        Assert.All(Reports(Other), r => Assert.Same(_a, Assert.Single(_both.Of(r, null)).Test));
        Assert.Empty(_both.Of(new Observation.Reported(Now, Other, "reports.c25.sender.example", "x", 1), null));
        _b.Count(Delivered(_b));
        Assert.All(Reports(Other), r => Assert.Empty(_both.Of(r, null)));
        Assert.Single(_both.Of(Rcpt(_a, Other), null)); // none of them has waited
    }

    [Fact]
    public void A_report_is_no_message_of_a_test()
    {
        foreach (var report in Reports(Other))
            _a.Count(report);
        Assert.False(_a.HasReached("c2.sender.example"));
    }

    private static Observation[] Reports(IPAddress client) => Reports(client, new(Now.AddHours(-12), Now.AddHours(12)));

    private static Observation[] Reports(IPAddress client, ReportPeriod? period) =>
        [
            new Observation.Reported(Now.AddDays(1), client, "reports.c2.sender.example", "application/tlsrpt+json", 100)
            {
                Period = period,
            },
            new Observation.Delivered(Now.AddDays(1), client, Host, "tls-reports@c2.sender.example", OverTls: true)
            {
                Period = period,
            },
        ];

    private static Observation.Delivered Delivered(LiveTest test) =>
        new(Now, Mta, Host, $"{test.Row.Mailbox}@c2.sender.example", OverTls: true);

    private static LiveTest Live(char letter) =>
        new(new(new(letter, TestKey.Length), Now, Now.AddDays(7), null, null), [Now], [default]);

    private static Observation.Addressed Rcpt(LiveTest test, IPAddress client) =>
        new(Now, client, Host, $"{test.Row.Mailbox}@c2.sender.example", OverTls: true, Accepted: true);
}
