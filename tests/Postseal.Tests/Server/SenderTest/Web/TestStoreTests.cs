using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Postseal.Lab.Watching;
using Postseal.Server.Hosting;
using Postseal.Server.SenderTest.Tests;
using Postseal.Server.Store;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Web;

/// <summary>Opening, keeping, expiring: on SQLite, without servers.</summary>
public sealed class TestStoreTests : IAsyncLifetime
{
    private const string Zone = "sender.example";

    private readonly string _data = Directory.CreateTempSubdirectory("postseal-tests-").FullName;
    private readonly FakeTimeProvider _clock = new(new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
    private Database _database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await Database.OpenSqliteAsync(_data, _clock, Ct);

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Observations_come_back_as_they_were()
    {
        var (at, client) = (_clock.GetUtcNow(), IPAddress.Parse("2001:db8::1"));
        Observation[] all =
        [
            new Observation.Asked(at, null, "c1.sender.example", "TXT"),
            new Observation.Fetched(at, client, "mta-sts.c1.sender.example", "/x", null, 404),
            new Observation.Fetched(at, client, "mta-sts.c1.sender.example", "/x", "agent\0\uD800", 200),
            new Observation.HandshakeFailed(at, client, "mx1.c1.sender.example", "unknown ca"),
            new Observation.Connected(at, client, "mx1.c1.sender.example"),
            new Observation.Greeted(at, client, "mx1.c1.sender.example", new('x', 5000), OverTls: true),
            new Observation.Secured(at, client, "mx1.c1.sender.example", "sni", "TLSv1.3", null),
            new Observation.Addressed(at, client, "mx1.c1.sender.example", "a@c1.sender.example", true, false),
            new Observation.Delivered(at, client, "mx1.c1.sender.example", "a@c1.sender.example", true),
            new Observation.Delivered(at, client, "mx1.c1.sender.example", "tls-reports@c1.sender.example", true)
            {
                Sender = "a@b.example",
                TlsRequired = "No",
                ReportDomain = "c1.sender.example",
                ReportSubmitter = "b.example",
            },
            new Observation.Left(at, client, "mx1.c1.sender.example"),
            new Observation.Reported(at, client, "reports.c1.sender.example", "application/tlsrpt+gzip", 4_000_000_000),
        ];
        var store = new TestStore(_database);
        var row = new TestRow(TestKey.Mailbox(TestKey.New()), at, at.AddDays(7), 3);
        await store.AddAsync(row, Ct);
        await store.KeepAsync([.. all.Select((o, i) => (row.Mailbox, i, o))], Ct);
        var back = await store.SeenAsync(row.Mailbox, Ct);
        Assert.Equal(all.Where((_, i) => i is not (2 or 5)), back.Where((_, i) => i is not (2 or 5)));
        Assert.Equal("agent\0\uFFFD", Assert.IsType<Observation.Fetched>(back[2]).UserAgent);
        Assert.Equal(300, Assert.IsType<Observation.Greeted>(back[5]).Name.Length);

        await store.DeleteAsync(row.Mailbox, Ct);
        Assert.Empty(await store.SeenAsync(row.Mailbox, Ct));
        await store.KeepAsync([(row.Mailbox, 99, all[0])], Ct);
        Assert.Empty(await store.SeenAsync(row.Mailbox, Ct));
    }

    [Fact]
    public async Task Tests_outlive_a_restart_and_end_when_they_expire()
    {
        string key;
        using (var before = Desk())
        {
            key = (await before.OpenAsync(default, Ct)).Key!;
            await before.TurnAsync(before.Find(key)!, 2, Ct);
        }

        using var after = Desk();
        await after.LoadAsync(Ct);
        var address = $"{TestKey.Mailbox(key)}-2@c1.{Zone}";
        Assert.Equal(2, after.Find(key)!.Round);
        Assert.True(after.Bench.Intake.Accepts(address));
        Assert.False(after.Bench.Intake.Accepts($"{TestKey.New()}@c1.{Zone}"));
        Assert.False(after.Bench.Intake.Accepts($"{key}@c1.{Zone}"));

        _clock.Advance(TestLimits.Life);
        Assert.Null(after.Find(key));
        await after.PruneAsync(Ct);
        Assert.False(after.Bench.Intake.Accepts(address));
        Assert.Empty(await new TestStore(_database).AllAsync(Ct));
    }

    [Fact]
    public async Task One_client_opens_so_many_and_all_together_so_many()
    {
        using var desk = Desk();
        var greedy = ClientKey.Of(IPAddress.Parse("192.0.2.1"));
        for (var i = 0; i < TestLimits.LivePerClient; i++)
            Assert.NotNull((await desk.OpenAsync(greedy, Ct)).Key);

        Assert.Equal((null, TestErrors.TooManyOfClient), await desk.OpenAsync(greedy, Ct));
        Assert.NotNull((await desk.OpenAsync(ClientKey.Of(IPAddress.Parse("192.0.2.2")), Ct)).Key);
    }

    [Fact]
    public async Task One_client_does_not_get_all_the_places()
    {
        using var desk = Desk();
        var greedy = ClientKey.Of(IPAddress.Parse("192.0.2.1"));
        var places = new List<int?>();
        for (var i = 0; i < TestLimits.PlacesPerClient + 1; i++)
            places.Add(desk.Find((await desk.OpenAsync(greedy, Ct)).Key!)!.Row.Place);

        Assert.Equal([0, 1, null], places);
        Assert.Equal(2, desk.Find((await desk.OpenAsync(ClientKey.Of(IPAddress.Parse("192.0.2.2")), Ct)).Key!)!.Row.Place);
    }

    [Fact]
    public async Task Numbers_go_on_behind_those_that_were_lost()
    {
        string key;
        using (var before = Desk())
            key = (await before.OpenAsync(default, Ct)).Key!;

        var store = new TestStore(_database);
        var seen = new Observation.Connected(_clock.GetUtcNow(), IPAddress.Loopback, $"mx1.c1.{Zone}");
        await store.KeepAsync([(TestKey.Mailbox(key), 7, seen)], Ct);
        using var after = Desk();
        await after.LoadAsync(Ct);
        Assert.Equal(8, after.Find(key)!.Count(seen));
    }

    [Fact]
    public async Task A_thousand_tests_are_told_apart()
    {
        using var desk = Desk();
        var keys = new List<string>();
        for (var i = 0; i < 1000; i++)
            keys.Add((await desk.OpenAsync(ClientKey.Of(new IPAddress([10, 0, (byte)(i / 250), (byte)(i % 250)])), Ct)).Key!);

        Assert.Equal(1000, keys.Select(TestKey.Mailbox).Distinct().Count());
        Assert.Equal(desk.Bench.Places, keys.Count(k => desk.Find(k)!.Row.Place is not null));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var watching = desk.WatchAsync(stop.Token);
        foreach (var (i, key) in keys.Index())
        {
            var test = desk.Find(key)!;
            var changed = test.ChangeAsync(Ct);
            var client = new IPAddress([192, 0, (byte)(i / 250), (byte)(i % 250)]);
            desk.Bench.Intake.Observe(new Observation.Connected(_clock.GetUtcNow(), client, $"mx1.c1.{Zone}"));
            var address = $"{test.Row.Mailbox}@c1.{Zone}";
            Assert.True(desk.Bench.Intake.Accepts(address));
            desk.Bench.Intake.Observe(new Observation.Delivered(_clock.GetUtcNow(), client, $"mx1.c1.{Zone}", address, false));
            if (i % 100 == 99)
                await changed.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Ct);
        }

        // What was seen last may still be on its way to the store.
        while (desk.Find(keys[^1])!.Kept < 2)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Ct);

        Assert.All(keys, k => Assert.Equal(2, desk.Find(k)!.Kept));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    [Fact]
    public void The_mailbox_does_not_lead_back_to_the_key()
    {
        var keys = Enumerable.Range(0, 100).Select(_ => TestKey.New()).ToArray();
        Assert.All(keys, k => Assert.True(TestKey.IsOne(k) && TestKey.IsOne(TestKey.Mailbox(k)) && k != TestKey.Mailbox(k)));
        Assert.Equal(200, keys.Concat(keys.Select(TestKey.Mailbox)).Distinct().Count());
    }

    [Theory]
    [InlineData("@c1.x", 0)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaa@c1.x", 1)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaa-2@c1.x", 2)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaa-1@c1.x", 0)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaa-22@c1.x", 0)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaa1@c1.x", 0)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaa@c1.x", 0)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaa", 0)]
    [InlineData("", 0)]
    public void Addresses_are_read_to_the_letter(string text, int round)
    {
        Assert.Equal(round > 0, Address.TryRead(text, out var address));
        Assert.Equal(round, address?.Round ?? 0);
        Assert.Equal(round > 0 ? text : null, address?.ToString());
    }

    private TestDesk Desk() =>
        new(
            new(Zone, [], SenderBench.StandardPlaces, new Dictionary<string, string>(StringComparer.Ordinal)),
            new(_database),
            _clock,
            NullLogger.Instance
        );
}
