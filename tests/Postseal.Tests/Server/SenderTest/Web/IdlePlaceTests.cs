using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Postseal.Lab.Watching;
using Postseal.Server.Pages;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Documents;
using Postseal.Server.SenderTest.Pages;
using Postseal.Server.SenderTest.Tests;
using Postseal.Server.SenderTest.Verdicts;
using Postseal.Server.Store;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Web;

/// <summary>Domains that change are not held by tests in which nothing happens.</summary>
public sealed class IdlePlaceTests : IAsyncLifetime
{
    private const string Zone = "sender.example";

    private static readonly IPAddress Sender = IPAddress.Parse("198.51.100.1");

    private readonly string _data = Directory.CreateTempSubdirectory("postseal-tests-").FullName;
    private readonly FakeTimeProvider _clock = new(new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
    private Database _database = null!;
    private TestDesk _desk = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await Database.OpenSqliteAsync(_data, _clock, Ct);
        _desk = Desk(places: 8);
    }

    public async ValueTask DisposeAsync()
    {
        _desk.Dispose();
        await _database.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Eight_idle_tests_hold_the_places_for_an_hour_and_not_for_two_days()
    {
        for (var i = 0; i < 8; i++)
            Assert.Equal(i, (await OpenAsync($"192.0.{i}.1")).Row.Place);

        _clock.Advance(TestLimits.IdlePlace - TimeSpan.FromSeconds(1));
        Assert.Null((await OpenAsync("203.0.113.1")).Row.Place);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, (await OpenAsync("203.0.114.1")).Row.Place);
        Assert.Equal(1, (await OpenAsync("203.0.115.1")).Row.Place);
    }

    [Fact]
    public async Task A_test_whose_sender_was_seen_or_whose_visitor_went_on_keeps_its_place_and_the_idlest_loses_it()
    {
        using var desk = Desk(places: 3);
        var (seen, turned, idle) = (
            await OpenAsync("192.0.1.1", desk),
            await OpenAsync("192.0.2.1", desk),
            await OpenAsync("192.0.3.1", desk)
        );
        _clock.Advance(TestLimits.IdlePlace);
        seen.Count(Delivered(seen, "c0"));
        Assert.Null(await desk.TurnAsync(turned, 2, Ct));
        Assert.Equal(idle.Row.Place, (await OpenAsync("203.0.113.1", desk)).Row.Place);
        Assert.Null((await OpenAsync("203.0.114.1", desk)).Row.Place);
        Assert.Equal([true, true, false], ((LiveTest[])[seen, turned, idle]).Select(t => t.PlaceLostAt is null));
    }

    [Fact]
    public async Task Who_keeps_several_places_busy_yields_one_to_who_has_none_and_who_keeps_one_does_not()
    {
        using var desk = Desk(places: 4);
        var many = new List<LiveTest>();
        foreach (var address in (string[])["192.0.2.1", "192.0.2.2", "192.0.2.3"])
            many.Add(await OpenAsync(address, desk));
        var single = await OpenAsync("192.0.3.1", desk);
        _clock.Advance(TestLimits.IdlePlace / 2);
        foreach (var test in (LiveTest[])[many[0], many[2], single])
            test.Count(Delivered(test, "c0"));

        Assert.Equal(many[1].Row.Place, (await OpenAsync("203.0.113.1", desk)).Row.Place);
        Assert.Null((await OpenAsync("203.0.113.2", desk)).Row.Place); // this network has one now
        Assert.Equal(many[0].Row.Place, (await OpenAsync("203.0.114.1", desk)).Row.Place);
        Assert.Null((await OpenAsync("203.0.115.1", desk)).Row.Place); // one each
        Assert.Null(single.PlaceLostAt);
        Assert.Null(many[2].PlaceLostAt);
    }

    [Fact]
    public async Task What_strangers_do_at_its_domains_does_not_keep_a_place()
    {
        using var desk = Desk(places: 1);
        var test = await OpenAsync("192.0.1.1", desk);
        _clock.Advance(TestLimits.IdlePlace);
        test.Count(new Observation.Asked(_clock.GetUtcNow(), Sender, "c20.p1.sender.example", "MX"));
        Assert.Equal(0, (await OpenAsync("203.0.113.1", desk)).Row.Place);
    }

    [Fact]
    public async Task The_page_goes_on_showing_what_was_seen_says_what_happened_and_offers_another_test()
    {
        var (test, lostAt) = await LoseAsync();
        var html = await PageAsync(test);
        Says(html, "This test cannot go on", "nothing of its sender has been seen for an hour", "Open another test</button>");
        Says(html, "message from <a@example> to", "The domain was given to another test before enough had been seen.");
        SaysNot(html, "Go on to message", "What to do now");
        Assert.Equal(lostAt, TestDocument.Of(await _desk.ReportAsync(test, Ct)).PlaceLostAt);
        Assert.Equal(TestErrors.PlaceIsLost, await _desk.TurnAsync(test, 2, Ct));

        _clock.Advance(TestLimits.Final);
        html = await PageAsync(test);
        Says(html, "The test is over", "were given to another test at 25 November 2026");
    }

    [Fact]
    public async Task What_comes_afterwards_at_these_domains_is_not_this_tests_and_what_does_not_come_proves_nothing()
    {
        var (test, lostAt) = await LoseAsync();
        var changing = test.Row.AddressOf(_desk.Bench.CasesOf(test.Row.Place).Cases.Single(c => c.Id == "C20"), 1);
        var domain = changing[(changing.IndexOf('@', StringComparison.Ordinal) + 1)..];
        Assert.False(test.Takes(new Observation.Delivered(lostAt, Sender, $"mx1.{domain}", changing, OverTls: true)));
        Assert.True(test.Takes(Delivered(test, "c0")));

        _clock.Advance(TestLimits.Final);
        var report = await _desk.ReportAsync(test, Ct);
        Assert.True(report.Verdict.IsFinal);
        Assert.All(
            report.Cases.Where(c => c.Case.Changes() && c.Verdict.Outcome != Outcome.NotOffered),
            c => Assert.Equal((Outcome.Inconclusive, null), (c.Verdict.Outcome, c.Address))
        );
    }

    [Fact]
    public async Task Who_has_lost_a_place_has_lost_it_after_a_restart_too()
    {
        var (test, lostAt) = await LoseAsync();
        using var after = Desk(places: 1);
        await after.LoadAsync(Ct);
        Assert.Equal(
            [lostAt, null],
            (await new TestStore(_database).AllAsync(Ct))
                .Where(t => t.Test.Place == 0)
                .Select(t => Find(after, t.Test.Mailbox).PlaceLostAt)
        );
        Assert.Equal(test.PlaceLostAt, lostAt);
    }

    [Fact]
    public async Task A_network_gets_half_of_the_places_and_four_times_the_tests_of_a_client()
    {
        var places = new List<int?>();
        for (var i = 1; i <= 5; i++)
            places.Add((await OpenAsync($"192.0.2.{i}")).Row.Place);
        Assert.Equal([0, 1, 2, 3, null], places);
        Assert.Equal(4, (await OpenAsync("192.0.3.1")).Row.Place);

        for (var i = 5; i < TestLimits.LivePerNetwork; i++)
            await OpenAsync($"192.0.2.{10 + i}");
        Assert.Equal((null, TestErrors.TooManyOfNetwork), await _desk.OpenAsync(Client("192.0.2.250"), Ct));
        Assert.NotNull((await _desk.OpenAsync(Client("192.0.3.250"), Ct)).Key);
    }

    // One test that has seen something, and has lost its place to another.
    private async Task<(LiveTest Test, DateTimeOffset LostAt)> LoseAsync()
    {
        _desk.Dispose();
        _desk = Desk(places: 1);
        var test = await OpenAsync("192.0.1.1");
        var seen = Delivered(test, "c0");
        test.Count(seen);
        await new TestStore(_database).KeepAsync([(test.Row.Mailbox, 0, seen)], Ct);
        _clock.Advance(TestLimits.IdlePlace);
        Assert.Equal(0, (await OpenAsync("203.0.113.1")).Row.Place);
        return (test, _clock.GetUtcNow());
    }

    private Observation.Delivered Delivered(LiveTest test, string label) =>
        new(_clock.GetUtcNow(), Sender, $"mx1.{label}.{Zone}", $"{test.Row.Mailbox}@{label}.{Zone}", OverTls: true)
        {
            Sender = "a@example",
        };

    private TestDesk Desk(int places)
    {
        var bench = new SenderBench(Zone, [], places, CaseNeeds.Missing(hasIPv6: true));
        return new(bench, new(_database), _clock, NullLogger.Instance);
    }

    private Task<LiveTest> OpenAsync(string address) => OpenAsync(address, _desk);

    private static async Task<LiveTest> OpenAsync(string address, TestDesk desk) =>
        desk.Find((await desk.OpenAsync(Client(address), Ct)).Key!)!;

    private static ClientKey Client(string address) => ClientKey.Of(IPAddress.Parse(address));

    private static LiveTest Find(TestDesk desk, string mailbox) => desk.Tests.Single(t => t.Row.Mailbox == mailbox);

    private async Task<string> PageAsync(LiveTest test)
    {
        var model = new TestViewModel("key", await _desk.ReportAsync(test, Ct), null, _clock.GetUtcNow());
        return WebUtility.HtmlDecode(await Html.OfAsync<TestView, TestViewModel>(model, Ct));
    }

    private static void Says(string html, params IEnumerable<string> words) =>
        Assert.All(words, w => Assert.Contains(w, html, StringComparison.Ordinal));

    private static void SaysNot(string html, params IEnumerable<string> words) =>
        Assert.All(words, w => Assert.DoesNotContain(w, html, StringComparison.Ordinal));
}
