using System.Net;
using System.Net.ServerSentEvents;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Postseal.Server.Hosting;
using Postseal.Server.SenderTest.Api;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Tests;
using Postseal.Server.Store;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Web;

/// <summary>Who may watch a test, and what that costs.</summary>
public sealed class AudienceTests : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("postseal-tests-").FullName;
    private readonly FakeTimeProvider _clock = new(new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
    private Database _database = null!;
    private TestDesk _desk = null!;
    private Audience _audience = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await Database.OpenSqliteAsync(_data, _clock, Ct);
        var bench = new SenderBench("sender.example", [], places: 1, CaseNeeds.Missing(hasIPv6: true));
        _desk = new(bench, new(_database), _clock, NullLogger.Instance);
        _audience = new(_desk, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        _desk.Dispose();
        await _database.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task A_client_watches_a_few_tests_and_one_more_when_it_leaves_one()
    {
        var (test, other) = (await OpenAsync(Ct), await OpenAsync(Ct));
        var seats = Enumerable.Range(0, TestLimits.WatchersPerClient).Select(_ => Join(Client(1), test)).ToArray();
        Assert.All(seats, Assert.NotNull);
        Assert.False(_audience.TryJoin(Client(1), other, out _, out var error));
        Assert.Equal((429, 30L), (error.Status, error.RetryAfter));
        Assert.Contains("8 pages or programs at your address are watching tests already", error.Detail, StringComparison.Ordinal);
        Assert.NotNull(Join(Client(2), test));

        seats[0]!.Dispose();
        Assert.NotNull(Join(Client(1), other));
        Assert.Null(Join(Client(1), test));
    }

    [Fact]
    public async Task A_test_has_so_many_watchers_and_who_is_refused_keeps_what_they_had()
    {
        var (test, other) = (await OpenAsync(Ct), await OpenAsync(Ct));
        var seats = Enumerable.Range(0, TestLimits.WatchersPerTest).Select(i => Join(Client(i), test)).ToArray();
        Assert.All(seats, Assert.NotNull);
        for (var i = 0; i < 2 * TestLimits.WatchersPerClient; i++)
            Assert.Null(Join(Client(1000), test));

        Assert.NotNull(Join(Client(1000), other));
        seats[0]!.Dispose();
        Assert.NotNull(Join(Client(1000), test));
    }

    [Fact]
    public async Task A_test_is_read_once_for_each_change_whether_it_is_watched_or_not()
    {
        var test = await OpenAsync(Ct);
        Assert.False(_audience.IsKnown(test));
        Assert.Same(await _audience.ReportAsync(test, Ct), await _audience.ReportAsync(test, Ct));
        Assert.True(_audience.IsKnown(test));
        var (one, two) = (Join(Client(1), test)!, Join(Client(2), test)!);
        var first = await _audience.ReportAsync(test, Ct);
        Assert.Same(first, await _audience.ReportAsync(test, Ct));

        List<Action> changes =
        [
            () => test.Touch(_clock.GetUtcNow()),
            () => test.Share(),
            () => test.Miss(),
            () => _clock.Advance(TestLimits.Final),
        ];
        foreach (var change in changes)
        {
            var before = await _audience.ReportAsync(test, Ct);
            change();
            var after = await _audience.ReportAsync(test, Ct);
            Assert.NotSame(before, after);
            Assert.Same(after, await _audience.ReportAsync(test, Ct));
        }

        one.Dispose();
        Assert.Equal(1, _audience.Count);
        two.Dispose();
        Assert.Equal(0, _audience.Count);
    }

    [Fact]
    public async Task A_text_of_a_test_is_made_once_for_each_change()
    {
        var (test, made) = (await OpenAsync(Ct), 0);
        for (var i = 0; i < 3; i++)
            Assert.Equal("page 1", await _audience.TextAsync(test, "page", MakeAsync, Ct));
        Assert.Equal("page 2", await _audience.TextAsync(test, "another", MakeAsync, Ct));
        test.Touch(_clock.GetUtcNow());
        Assert.Equal("page 3", await _audience.TextAsync(test, "page", MakeAsync, Ct));

        Task<string> MakeAsync(TestReport report, CancellationToken ct) => Task.FromResult($"page {++made}").WaitAsync(ct);
    }

    [Fact]
    public void Clients_of_one_network_watch_no_more_than_four_of_them_may()
    {
        var seats = new Seats(each: 2);
        var own = Enumerable.Range(1, 9).Select(i => ClientKey.Of(new IPAddress([192, 0, 2, (byte)i]))).ToArray();
        Assert.Equal(8, own.Sum(c => Enumerable.Range(0, 9).Count(_ => seats.TryTake(c))));
        Assert.True(seats.TryTake(ClientKey.Of(IPAddress.Parse("192.0.3.1"))));
        seats.Release(own[0]);
        Assert.True(seats.TryTake(own[8]));
        Assert.False(seats.TryTake(own[0]));
    }

    [Fact]
    public async Task Who_watches_is_told_when_the_next_message_may_be_sent()
    {
        var key = (await _desk.OpenAsync(Client(0), Ct)).Key!;
        var test = _desk.Find(key)!;
        await _desk.TurnAsync(test, 2, Ct);
        Assert.True(test.SendAt > _clock.GetUtcNow());
        await using var events = TestEvents.Of(_desk, _audience, key, test, _clock, Ct).GetAsyncEnumerator(Ct);
        Assert.True(await events.MoveNextAsync());
        do Assert.True(await NextAsync(events, Ct));
        while (events.Current is { EventType: "waiting", Data: "{}" });
        Assert.Equal("changed", events.Current.EventType);
        Assert.True(test.SendAt <= _clock.GetUtcNow());
    }

    // Time goes on until something comes.
    private async Task<bool> NextAsync(IAsyncEnumerator<SseItem<string>> events, CancellationToken ct)
    {
        var next = events.MoveNextAsync().AsTask();
        while (!next.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await next.WaitAsync(ct);
    }

    [Fact]
    public async Task Who_goes_away_does_not_take_the_reading_along()
    {
        var test = await OpenAsync(Ct);
        using var seat = Join(Client(1), test);
        using var left = new CancellationTokenSource();
        await left.CancelAsync();
        // The reading may be quicker than the leaving; what counts is that it is there for the others.
        var end = await Record.ExceptionAsync(() => _audience.ReportAsync(test, left.Token));
        Assert.True(end is null or OperationCanceledException, $"{end}");
        Assert.Same(await _audience.ReportAsync(test, Ct), await _audience.ReportAsync(test, Ct));
    }

    private async Task<LiveTest> OpenAsync(CancellationToken ct) => _desk.Find((await _desk.OpenAsync(Client(0), ct)).Key!)!;

    private IDisposable? Join(ClientKey client, LiveTest test) =>
        _audience.TryJoin(client, test, out var seat, out _) ? seat : null;

    private static ClientKey Client(int number) =>
        ClientKey.Of(new IPAddress([192, (byte)(number / 256), (byte)(number % 256), 1])); // each of a network of its own
}
