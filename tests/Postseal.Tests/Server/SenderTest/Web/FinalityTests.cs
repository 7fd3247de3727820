using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Documents;
using Postseal.Server.SenderTest.Tests;
using Postseal.Server.SenderTest.Verdicts;
using Postseal.Server.Store;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Web;

/// <summary>When a test is over, and that it then stays as it is.</summary>
public sealed class FinalityTests : IAsyncLifetime
{
    private const string Zone = "sender.example";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(70); // of the later rounds

    private readonly string _data = Directory.CreateTempSubdirectory("postseal-tests-").FullName;
    private readonly FakeTimeProvider _clock = new(new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
    private Database _database = null!;
    private TestDesk _desk = null!;
    private LiveTest _test = null!;
    private string _key = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await Database.OpenSqliteAsync(_data, _clock, Ct);
        _desk = new(new(Zone, [], places: 1, CaseNeeds.Missing(hasIPv6: true)), new(_database), _clock, NullLogger.Instance);
        _key = (await _desk.OpenAsync(ClientKey.Of(IPAddress.Loopback), Ct)).Key!;
        _test = _desk.Find(_key)!;
    }

    public async ValueTask DisposeAsync()
    {
        _desk.Dispose();
        await _database.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Each_round_has_its_own_two_days_from_when_its_messages_are_due()
    {
        _clock.Advance(TestLimits.Final - TimeSpan.FromMinutes(1));
        Assert.Null(await _desk.TurnAsync(_test, 2, Ct));
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.False((await _desk.ReportAsync(_test, Ct)).Verdict.IsFinal);

        _clock.Advance(TestLimits.Final + Pause - TimeSpan.FromMinutes(2) - TimeSpan.FromTicks(1));
        var report = await _desk.ReportAsync(_test, Ct);
        Assert.Equal((false, report.SendAt + TestLimits.Final), (report.Verdict.IsFinal, report.FinalAt));
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.True((await _desk.ReportAsync(_test, Ct)).Verdict.IsFinal);
    }

    [Fact]
    public async Task When_it_is_over_no_further_round_begins()
    {
        await _desk.TurnAsync(_test, 2, Ct);
        _clock.Advance(TestLimits.Final + Pause);
        var error = await _desk.TurnAsync(_test, 3, Ct);
        Assert.Equal(((int)HttpStatusCode.Conflict, "The test is over"), (error?.Status, error?.Title));
        Assert.Null(await _desk.TurnAsync(_test, 2, Ct)); // begun long ago
        Assert.Equal(2, _test.Round);
    }

    [Fact]
    public async Task What_comes_later_changes_nothing()
    {
        var host = $"mx1.control.{Zone}";
        await SeeAsync(
            new Observation.Delivered(_clock.GetUtcNow(), IPAddress.Loopback, host, $"{_test.Row.Mailbox}@control.{Zone}", true)
        );
        _clock.Advance(TestLimits.Final);
        var before = await _desk.ReportAsync(_test, Ct);
        foreach (var id in (string[])["c0", "c2", "c25"])
        {
            var (at, to) = (_clock.GetUtcNow(), $"{_test.Row.Mailbox}@{id}.{Zone}");
            await SeeAsync(new Observation.Delivered(at, IPAddress.Loopback, $"mx1.{id}.{Zone}", to, false));
            await SeeAsync(new Observation.Greeted(at, IPAddress.Loopback, $"mx1.{id}.{Zone}", "late.example", false));
        }

        _clock.Advance(TimeSpan.FromDays(1));
        var after = await _desk.ReportAsync(_test, Ct);
        Assert.Contains(before.Verdict.Cases, c => c.Outcome == Outcome.Pass);
        Assert.Equal(JsonSerializer.Serialize(TestDocument.Of(before)), JsonSerializer.Serialize(TestDocument.Of(after)));
    }

    [Fact]
    public async Task A_place_is_held_until_the_test_is_over()
    {
        Assert.Equal(0, _test.Row.Place);
        _clock.Advance(TestLimits.Final - TimeSpan.FromMinutes(1));
        await _desk.TurnAsync(_test, 2, Ct);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(await PlaceOfNextAsync());
        _clock.Advance(TestLimits.Final);
        Assert.Equal(0, await PlaceOfNextAsync());

        async Task<int?> PlaceOfNextAsync() =>
            _desk.Find((await _desk.OpenAsync(ClientKey.Of(IPAddress.Parse("192.0.2.9")), Ct)).Key!)!.Row.Place;
    }

    [Fact]
    public async Task A_test_whose_place_is_gone_goes_on_without_it()
    {
        var bench = new SenderBench(Zone, [], places: 0, CaseNeeds.Missing(hasIPv6: true));
        using var after = new TestDesk(bench, new(_database), _clock, NullLogger.Instance);
        await after.LoadAsync(Ct);
        var test = after.Find(_key)!;
        Assert.Null(await after.TurnAsync(test, 2, Ct));
        Assert.Equal(2, test.Round);
        await after.DeleteAsync(test, Ct);
    }

    [Fact]
    public void Every_test_is_over_before_it_is_deleted()
    {
        var pauses = _desk.Bench.PausesOf(0);
        Assert.Equal([TimeSpan.Zero, Pause, Pause], pauses);
        Assert.True(pauses.Aggregate(TimeSpan.Zero, (sum, p) => sum + p + TestLimits.Final) < TestLimits.Life);
    }

    private async Task SeeAsync(Observation seen) =>
        await new TestStore(_database).KeepAsync([(_test.Row.Mailbox, _test.Count(seen)!.Value, seen)], Ct);
}
