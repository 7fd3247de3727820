using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Postseal.Lab.Watching;
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
                Period = new(at.AddDays(-1), at),
            },
            new Observation.Left(at, client, "mx1.c1.sender.example"),
            new Observation.Bounced(at, "a@c1.sender.example", "failed", "5.7.5", "not trusted"),
            new Observation.Reported(at, client, "reports.c1.sender.example", "application/tlsrpt+gzip", 4_000_000_000),
        ];
        var store = new TestStore(_database);
        var row = new TestRow(TestKey.Mailbox(TestKey.New()), at, at.AddDays(7), 3, null);
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
        Assert.Contains("delete it on its page", await WhyNotAsync(desk, greedy), StringComparison.Ordinal);
        Assert.Equal(2, desk.Find((await desk.OpenAsync(ClientKey.Of(IPAddress.Parse("192.0.2.2")), Ct)).Key!)!.Row.Place);
    }

    [Fact]
    public async Task The_limits_of_a_client_outlive_a_restart_and_its_address_is_not_kept()
    {
        var greedy = ClientKey.Of(IPAddress.Parse("192.0.2.1"));
        string key;
        using (var before = Desk())
        {
            for (var i = 1; i < TestLimits.LivePerClient; i++)
                await before.OpenAsync(greedy, Ct);
            key = (await before.OpenAsync(greedy, Ct)).Key!;
        }

        using var after = Desk();
        await after.LoadAsync(Ct);
        Assert.Equal((null, TestErrors.TooManyOfClient), await after.OpenAsync(greedy, Ct));
        var opener = Assert.Single((await new TestStore(_database).AllAsync(Ct)).Select(t => t.Test.Opener).Distinct());
        Assert.Equal(64, opener!.Length);
        await after.DeleteAsync(after.Find(key)!, Ct);
        var own = after.Find((await after.OpenAsync(greedy, Ct)).Key!)!;
        Assert.Null(own.Row.Place); // it holds two
        Assert.Equal(opener, own.Row.Opener);
        Assert.NotEqual(opener, new Openers([1]).Of(greedy));
    }

    [Fact]
    public async Task What_a_page_warns_of_outlives_a_restart_but_a_restart_changes_nothing_that_is_final()
    {
        var keys = new List<string>();
        using (var before = Desk())
        {
            for (var i = 0; i < 3; i++)
                keys.Add((await before.OpenAsync(default, Ct)).Key!);

            var shared = before.Find(keys[0])!;
            await new TestStore(_database).WarnAsync(shared.Row.Mailbox, isShared: true, misses: false, Ct);
            _clock.Advance(TestLimits.Final - TimeSpan.FromMinutes(1));
            await before.TurnAsync(before.Find(keys[2])!, 2, Ct);
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        for (var i = 0; i < 2; i++)
        {
            using var after = Desk();
            await after.LoadAsync(Ct);
            Assert.Equal([true, false, false], keys.Select(k => after.Find(k)!.IsShared));
            Assert.Equal([false, false, true], keys.Select(k => after.Find(k)!.MissesQuestions));
            Assert.Equal([true, true, i == 1], keys.Select(k => after.Find(k)!.IsFinal(_clock.GetUtcNow())));
            _clock.Advance(TestLimits.Final);
        }
    }

    [Fact]
    public async Task A_sender_of_two_tests_is_written_down_as_such()
    {
        using var desk = Desk();
        LiveTest[] tests =
        [
            desk.Find((await desk.OpenAsync(default, Ct)).Key!)!,
            desk.Find((await desk.OpenAsync(default, Ct)).Key!)!,
        ];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var watching = desk.WatchAsync(stop.Token);
        foreach (var test in tests)
        {
            var address = $"{test.Row.Mailbox}@c1.{Zone}";
            desk.Bench.Intake.Observe(
                new Observation.Delivered(_clock.GetUtcNow(), IPAddress.Loopback, $"mx1.c1.{Zone}", address, false)
            );
        }

        while ((await new TestStore(_database).AllAsync(Ct)).Any(t => !t.IsShared))
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Ct);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    [Fact]
    public void What_waits_in_memory_has_been_cut_to_what_is_kept()
    {
        var (at, intake, text) = (_clock.GetUtcNow(), new Intake(Zone), new string('x', 5000));
        var host = $"mx1.c1.{Zone}";
        Observation[] all =
        [
            new Observation.Asked(at, null, $"{text}.c1.{Zone}", text),
            new Observation.Fetched(at, null, host, text, text, 404),
            new Observation.HandshakeFailed(at, null, host, text),
            new Observation.Connected(at, null, host),
            new Observation.Greeted(at, null, host, text, OverTls: true),
            new Observation.Secured(at, null, host, text, text, text),
            new Observation.Addressed(at, null, host, text, true, false),
            new Observation.Delivered(at, null, host, text, true)
            {
                Sender = text,
                TlsRequired = text,
                ReportDomain = text,
                ReportSubmitter = text,
            },
            new Observation.Left(at, null, host),
            new Observation.Bounced(at, $"a@c1.{Zone}", text, text, text),
            new Observation.Reported(at, null, host, text, 1) { Domain = text },
        ];
        Assert.Equal(typeof(Observation).GetNestedTypes().Length, all.Length);
        foreach (var one in all)
        {
            intake.Observe(one);
            Assert.True(intake.Seen.TryRead(out var seen));
            Assert.DoesNotContain(new string('x', TestLimits.Text + 1), seen.ToString(), StringComparison.Ordinal);
            Assert.Equal(ObservationText.Of(one), ObservationText.Of(seen));
        }
    }

    [Fact]
    public async Task Why_a_test_has_no_place_is_true_for_who_opened_it()
    {
        string key;
        using (var desk = Desk(places: 1))
        {
            await desk.OpenAsync(ClientKey.Of(IPAddress.Parse("192.0.2.1")), Ct);
            key = (await desk.OpenAsync(ClientKey.Of(IPAddress.Parse("192.0.2.2")), Ct)).Key!;
            Assert.Contains("in use by other tests", await WhyNotAsync(desk, key), StringComparison.Ordinal);
        }

        // The server has been started anew, and does not know who had the places then.
        using var after = Desk(places: 1);
        await after.LoadAsync(Ct);
        Assert.Contains("when this test was opened", await WhyNotAsync(after, key), StringComparison.Ordinal);
    }

    private static async Task<string> WhyNotAsync(TestDesk desk, ClientKey opener) =>
        await WhyNotAsync(desk, (await desk.OpenAsync(opener, Ct)).Key!);

    private static async Task<string> WhyNotAsync(TestDesk desk, string key) =>
        (await desk.ReportAsync(desk.Find(key)!, Ct)).Cases.Single(c => c.Case.Id == "C20").Verdict.Seen;

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
    public void A_flood_of_questions_keeps_no_delivery_out()
    {
        var (at, intake) = (_clock.GetUtcNow(), new Intake(Zone));
        for (var i = 0; i < TestLimits.Queue; i++)
            intake.Observe(new Observation.Asked(at, IPAddress.Loopback, $"c1.{Zone}", "A"));

        Assert.False(intake.TakeLost());
        intake.Observe(new Observation.Asked(at, IPAddress.Loopback, $"c1.{Zone}", "A"));
        Assert.True(intake.TakeLost());
        intake.Observe(new Observation.Delivered(at, IPAddress.Loopback, $"mx1.c1.{Zone}", $"x@c1.{Zone}", true));
        Assert.False(intake.TakeLost());
        Assert.Equal(TestLimits.Queue + 1, intake.Seen.Count);
        for (var i = 0; i < TestLimits.QueueOfMail; i++)
            intake.Observe(new Observation.Reported(at, IPAddress.Loopback, $"reports.c25.{Zone}", "text/plain", 1));

        Assert.True(intake.TakeLost());
        Assert.Equal(TestLimits.Queue + TestLimits.QueueOfMail, intake.Seen.Count);
    }

    [Fact]
    public async Task What_is_lost_in_a_flood_is_told_to_every_open_test()
    {
        using var desk = Desk();
        var test = desk.Find((await desk.OpenAsync(default, Ct)).Key!)!;
        var changed = test.ChangeAsync(Ct);
        for (var i = 0; i <= TestLimits.Queue; i++)
            desk.Bench.Intake.Observe(new Observation.Connected(_clock.GetUtcNow(), IPAddress.Loopback, $"mx1.c1.{Zone}"));

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var watching = desk.WatchAsync(stop.Token);
        await changed.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Ct);
        Assert.True(test.MissesQuestions);
        Assert.True(Assert.Single(await new TestStore(_database).AllAsync(Ct)).MissesQuestions);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_database_that_fails_is_tried_again_for_a_while(bool comesBack)
    {
        using var desk = Desk();
        var test = desk.Find((await desk.OpenAsync(default, Ct)).Key!)!;
        var address = $"{test.Row.Mailbox}@c1.{Zone}";
        var seen = new Observation.Delivered(_clock.GetUtcNow(), IPAddress.Loopback, $"mx1.c1.{Zone}", address, true);
        await RenameAsync("sender_observations", "away");
        var began = _clock.GetUtcNow();
        var writing = new ObservationWriter(new(_database), _clock, NullLogger.Instance).WriteAsync([(test, 0, seen)], [], Ct);
        while (!writing.IsCompleted)
        {
            _clock.Advance(ObservationWriter.Pause);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Ct);
            if (comesBack && _clock.GetUtcNow() - began == 10 * ObservationWriter.Pause)
                await RenameAsync("away", "sender_observations");
        }

        await writing;
        if (!comesBack)
            await RenameAsync("away", "sender_observations");

        Assert.True(_clock.GetUtcNow() - began >= (comesBack ? 1 : ObservationWriter.MostAttempts - 1) * ObservationWriter.Pause);
        Assert.Equal(!comesBack, test.MissesQuestions);
        Assert.Equal(comesBack ? [seen] : [], await new TestStore(_database).SeenAsync(test.Row.Mailbox, Ct));

        Task<int> RenameAsync(string from, string to) =>
            _database.WriteAsync((connection, token) => connection.RunAsync($"ALTER TABLE {from} RENAME TO {to}", [], token), Ct);
    }

    [Fact]
    public async Task While_nothing_can_be_written_no_test_is_opened_or_moved_on_and_one_that_is_deleted_goes_later()
    {
        using var desk = Desk();
        var key = (await desk.OpenAsync(default, Ct)).Key!;
        var test = desk.Find(key)!;
        await RenameAsync("sender_tests", "away");

        Assert.Equal((null, TestErrors.NotKept), await desk.OpenAsync(default, Ct));
        Assert.Equal((TestErrors.NotKept, 1), (await desk.TurnAsync(test, 2, Ct), test.Round));
        await desk.DeleteAsync(test, Ct);
        Assert.Null(desk.Find(key));

        await RenameAsync("away", "sender_tests");
        Assert.Single(await new TestStore(_database).AllAsync(Ct));
        await desk.PruneAsync(Ct);
        Assert.Empty(await new TestStore(_database).AllAsync(Ct));
        Assert.Null((await desk.OpenAsync(default, Ct)).Error);

        Task<int> RenameAsync(string from, string to) =>
            _database.WriteAsync((connection, token) => connection.RunAsync($"ALTER TABLE {from} RENAME TO {to}", [], token), Ct);
    }

    [Fact]
    public async Task A_thousand_tests_are_told_apart()
    {
        using var desk = Desk();
        var keys = new List<string>();
        for (var i = 0; i < 1000; i++)
            keys.Add((await desk.OpenAsync(ClientKey.Of(new IPAddress([10, (byte)(i / 250), (byte)(i % 250), 1])), Ct)).Key!);

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

    private TestDesk Desk(int places = SenderBench.StandardPlaces) =>
        new(
            new(Zone, [], places, new Dictionary<string, string>(StringComparer.Ordinal)),
            new(_database),
            _clock,
            NullLogger.Instance
        );
}
