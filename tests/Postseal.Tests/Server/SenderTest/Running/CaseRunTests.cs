using System.Net;
using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Running;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Running;

/// <summary>When a case sends its next message, and when nothing more is to come.</summary>
public sealed class CaseRunTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_stage_ends_some_time_after_its_message_has_arrived_as_a_sender_may_fetch_the_policy_only_then()
    {
        var run = Of("C19");
        Assert.True(run.IsToSubmit(Start));
        run.Submits(Start);
        Assert.False(run.IsToSubmit(Start));
        Assert.False(run.Advance(At(1), Limit));

        run.See(Delivered(At(2), run));
        Assert.False(run.Advance(At(11), Limit));
        Assert.True(run.Advance(At(12), Limit));

        Assert.Equal(1, run.Stage);
        var after = run.Case.Stages[1].After;
        Assert.False(run.IsToSubmit(At(12) + after - TimeSpan.FromMilliseconds(1)));
        Assert.True(run.IsToSubmit(At(12) + after));
    }

    [Fact]
    public void A_sender_that_came_and_went_has_dealt_with_a_message()
    {
        var run = Of("C6");
        run.Submits(Start);
        run.See(Connected(At(1), run));
        Assert.False(run.Advance(At(10), Limit));
        run.See(Connected(At(5), run));
        Assert.False(run.Advance(At(14), Limit));
        Assert.True(run.Advance(At(15), Limit));
    }

    [Fact]
    public void What_should_not_arrive_is_waited_for_to_the_last_too_as_the_sender_may_try_again_in_clear()
    {
        var run = Of("C6");
        run.Submits(Start);
        run.See(Connected(At(1), run));
        Assert.True(run.Advance(At(11), Limit));
        run.Submits(At(20));
        run.See(Connected(At(21), run));
        Assert.False(run.IsDone(At(79), Limit));
        Assert.True(run.IsDone(At(80), Limit));
    }

    [Fact]
    public void One_that_never_comes_has_the_whole_time()
    {
        var run = Of("C6");
        run.Submits(Start);
        Assert.False(run.Advance(At(59), Limit));
        Assert.True(run.Advance(At(60), Limit));
    }

    [Fact]
    public void What_should_arrive_is_waited_for_to_the_last()
    {
        var run = Of("C26");
        run.Submits(Start);
        run.See(Connected(At(1), run));
        Assert.False(run.IsDone(At(59), Limit));
        Assert.True(run.IsDone(At(60), Limit));
        run.See(Delivered(At(3), run));
        Assert.True(run.IsDone(At(3), Limit));
    }

    [Fact]
    public void What_the_server_under_test_refuses_ends_its_case()
    {
        var run = Of("C0");
        run.Submits(Start);
        run.Refused(new("550 no", IsTemporary: false), Start, Limit);
        Assert.True(run.IsDone(Start, Limit));
        Assert.False(run.IsToSubmit(At(100)));
        Assert.Equal("550 no", run.Evidence.Untaken);
    }

    [Fact]
    public void What_it_refuses_for_now_is_offered_again_for_as_long_as_a_message_may_take()
    {
        var run = Of("C0");
        run.Submits(Start);
        run.Refused(new("451 later", IsTemporary: true), At(1), Limit);
        Assert.False(run.IsToSubmit(At(5)));
        Assert.False(run.IsDone(At(5), Limit));
        Assert.True(run.IsToSubmit(At(6)));

        run.Submits(At(6));
        Assert.Equal(Start, Assert.Single(run.Evidence.Probes).SentAt);
        run.Refused(new("451 still later", IsTemporary: true), At(60), Limit);
        Assert.True(run.IsDone(At(60), Limit));
        Assert.Equal("451 still later", run.Evidence.Untaken);
    }

    [Fact]
    public void What_was_refused_for_now_has_its_whole_time_from_when_it_is_taken()
    {
        var run = Of("C6");
        run.Submits(Start);
        run.Refused(new("451 later", IsTemporary: true), At(1), Limit);
        run.Submits(At(50));
        Assert.False(run.Advance(At(109), Limit));
        Assert.True(run.Advance(At(110), Limit));

        run.Submits(At(200));
        run.Refused(new("451 later", IsTemporary: true), At(201), Limit);
        run.Submits(At(250));
        Assert.False(run.IsDone(At(309), Limit));
        Assert.True(run.IsDone(At(310), Limit));
    }

    [Fact]
    public void A_report_is_waited_for_when_the_message_has_long_arrived()
    {
        var run = Of("C25");
        run.Submits(Start);
        run.See(Delivered(At(1), run));
        Assert.False(run.IsDone(At(59), Limit));
        Assert.True(run.IsDone(At(60), Limit));
        run.See(
            new Observation.Delivered(
                At(30),
                IPAddress.Loopback,
                $"mx1.{run.Case.Domain}",
                $"tls-reports@{run.Case.Domain}",
                true
            )
            {
                ReportDomain = run.Case.Domain,
            }
        );
        Assert.True(run.IsDone(At(30), Limit));
    }

    [Theory]
    [InlineData(60, true)] // a run of minutes
    [InlineData(4 * 3600, false)]
    public void A_message_that_was_held_back_is_waited_for_if_there_is_time(int limit, bool isDone)
    {
        var wait = TimeSpan.FromSeconds(limit);
        var run = Of("C20");
        foreach (var second in (int[])[0, limit, 2 * limit])
        {
            run.Submits(At(second));
            run.See(Connected(At(second + 1), run));
            if (second != limit)
                run.See(Delivered(At(second + 2), run));
            run.Advance(At(second + limit), wait);
        }
        Assert.Equal(isDone, run.IsDone(At(2 * limit + 3), wait));
        run.See(Delivered(At(2 * limit + 4), run) with { Recipient = $"token1@{run.Case.Domain}" });
        Assert.True(run.IsDone(At(2 * limit + 4), wait));
    }

    [Fact]
    public void What_happens_at_other_domains_is_not_its_business()
    {
        var run = Of("C6");
        run.Submits(Start);
        run.See(new Observation.Connected(At(1), IPAddress.Loopback, "mx1.c26.sender.lab.test"));
        run.See(new Observation.Asked(At(1), IPAddress.Loopback, "xc6.sender.lab.test", "MX"));
        Assert.False(run.Advance(At(30), Limit));
        Assert.Empty(run.Evidence.Facts);
    }

    private static DateTimeOffset At(int seconds) => Start.AddSeconds(seconds);

    private static CaseRun Of(string id)
    {
        var played = CaseCatalogue.All(RunPlan.Zone, _ => true).Single(c => c.Id == id);
        return new(played, [.. played.Stages.Select((_, i) => $"token{i}@{played.Domain}")]);
    }

    private static Observation.Connected Connected(DateTimeOffset at, CaseRun run) =>
        new Observation.Connected(at, IPAddress.Loopback, $"mx1.{run.Case.Domain}");

    private static Observation.Delivered Delivered(DateTimeOffset at, CaseRun run) =>
        new Observation.Delivered(at, IPAddress.Loopback, $"mx1.{run.Case.Domain}", run.Recipient, OverTls: true);
}
