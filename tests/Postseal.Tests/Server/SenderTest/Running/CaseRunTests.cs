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
        run.Refused("550 no");
        Assert.True(run.IsDone(Start, Limit));
        Assert.False(run.IsToSubmit(At(100)));
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
