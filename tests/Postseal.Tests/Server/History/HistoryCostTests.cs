using Postseal.Checks;
using Postseal.Checks.Json;
using Postseal.Protocol;
using Postseal.Server.History;
using Postseal.Server.Lookups;
using Postseal.Server.Store;
using Postseal.Tests.Fakes;
using Xunit;
using static Postseal.Tests.Checks.FactsBuilder;

namespace Postseal.Tests.Server.History;

/// <summary>What history may cost on disk: docs/decisions/015-what-history-may-cost.md.</summary>
public sealed class HistoryCostTests : IDisposable
{
    private const long Budget = 64 * 1024 * 1024; // the least that can be configured
    private const long Log = 8 * 1024 * 1024; // what may stand in front of the file

    private static readonly ClientKey Somebody = ClientKey.Of(System.Net.IPAddress.Parse("192.0.2.1"));

    private readonly string _folder = Directory.CreateTempSubdirectory("postseal-cost-").FullName;
    private readonly WatchedClock _clock = new();
    private readonly StoreMeter _meter = new();
    private readonly LogLines _log = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _meter.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Twenty_checks_of_the_worst_domain_within_an_hour_keep_two_documents()
    {
        await using (var database = await OpenAsync(Ct))
        {
            using var store = Store(database);
            for (var n = 0; n < 20; n++)
                await RecordAsync(store, "example.com", n, Somebody);

            Assert.Equal(2, await CountAsync(database, "documents"));
        }

        // Closed, and with the log moved into the file. It was 10 MB, and 14 with the log.
        Assert.InRange(OnDisk(), 100 * 1024, 400 * 1024);
    }

    [Fact]
    public async Task A_domain_that_changes_for_years_has_a_bounded_share()
    {
        await using (var database = await OpenAsync(Ct))
        {
            using var store = Store(database);
            for (var n = 0; n < 60; n++)
            {
                await RecordAsync(store, "example.com", n, Somebody, Now.AddDays(n));
                _clock.Advance(TimeSpan.FromDays(1));
            }
        }

        Assert.InRange(OnDisk(), 100 * 1024, 700 * 1024);
    }

    [Fact]
    public async Task One_network_adds_its_share_in_a_day_and_no_more_and_others_go_on()
    {
        await using (var database = await OpenAsync(Ct))
        {
            using var store = Store(database);
            // Twenty a minute would be 28,800 in a day; what is asked for here is as much, in steps that a test can take.
            for (var n = 0; n < 600; n++)
            {
                await RecordAsync(store, $"d{n}.example.com", n, Somebody with { Prefix = Somebody.Prefix + (ulong)(n % 50) });
                _clock.Advance(TimeSpan.FromDays(1) / 600);
            }

            var known = await CountAsync(database, "domains");
            Assert.InRange(known, 10, 40);
            await RecordAsync(store, "other.example", 1, ClientKey.Of(System.Net.IPAddress.Parse("198.51.100.1")));
            Assert.Equal(known + 1, await CountAsync(database, "domains"));
        }

        Assert.InRange(OnDisk(), Budget / HistoryLimits.DaysOfOneNetwork / 2, Budget / HistoryLimits.DaysOfOneNetwork * 5 / 4);
    }

    [Fact]
    public async Task A_domain_that_is_known_is_shown_as_it_was_to_those_whose_share_is_used_up()
    {
        await using var database = await OpenAsync(Ct);
        using var store = Store(database);
        await RecordAsync(store, "example.com", 0, ClientKey.Of(System.Net.IPAddress.Parse("198.51.100.1")));
        for (var n = 0; n < 40; n++)
            await RecordAsync(store, $"d{n}.example.com", n, Somebody);

        var (facts, document) = WorstDomain.Check("example.com", 1, Now.AddMinutes(5));
        var history = await store.RecordAsync(facts, document, Somebody, Ct);

        Assert.Equal(1, history!.Checks);
        var fresh = WorstDomain.Check("new.example.com", 1, Now.AddMinutes(5));
        Assert.Null(await store.RecordAsync(fresh.Facts, fresh.Document, Somebody, Ct));
    }

    [Fact]
    public async Task A_check_counts_to_the_network_of_who_asked_for_it()
    {
        await using var database = await OpenAsync(Ct);
        using var store = Store(database);
        for (var n = 0; n < 40; n++)
            await RecordAsync(store, $"d{n}.example.com", n, Somebody);

        using var meter = new LookupMeter();
        await using var desk = new LookupDesk(
            (domain, _, _) => Task.FromResult(Healthy() with { Domain = domain }),
            store,
            new(),
            TimeProvider.System,
            meter,
            _log
        );
        var (theirs, others) = (DomainName.Parse("theirs.example"), DomainName.Parse("others.example"));
        Assert.Null((await desk.Ask(theirs, anew: false, Somebody)!.ResultAsync(Ct)).History);
        Assert.NotNull((await desk.Ask(others, anew: false, default)!.ResultAsync(Ct)).History);
    }

    [Fact]
    public async Task Whatever_is_checked_the_file_stays_within_the_budget()
    {
        var most = 0L;
        await using (var database = await OpenAsync(Ct))
        {
            using var store = Store(database);
            for (var n = 0; n < 1500; n++) // four times the budget, in domains of all sizes
            {
                var by = ClientKey.Of(new System.Net.IPAddress([10, (byte)(n / 200), (byte)(n % 200), 1]));
                if (n % 3 == 0)
                    await RecordAsync(store, $"w{n}.example.com", n, by);
                else
                    await SmallAsync(store, $"s{n}.{new string('x', 60)}.{new string('y', 60)}.example.com", n, by);

                most = Math.Max(most, OnDisk());
            }

            Assert.InRange(await database.ReadAsync(Share.OfAllAsync, Ct), Budget / 2, Budget);
        }

        Assert.InRange(most, Budget / 2, Budget + Log);
        Assert.InRange(OnDisk(), Budget / 2, Budget);
        Assert.StartsWith("the history has reached store.history-megabytes (64)", _log.Lines[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Older_documents_go_before_any_last_one_and_then_who_was_only_passing_by()
    {
        await using var database = await OpenAsync(Ct);
        using var store = Store(database);
        for (var day = 0; day < 3; day++)
            await RecordAsync(store, "standing.example", day, default, Now.AddDays(day));
        await RecordAsync(store, "passing.example", 0, default, Now.AddDays(3));
        await RecordAsync(store, "later.example", 0, default, Now.AddDays(4));

        var eviction = new Eviction(database);
        await eviction.FreeAsync(1, Ct);
        Assert.Equal((1, 0), (eviction.Documents, eviction.Domains));
        Assert.Null(await store.AsOfAsync(DomainName.Parse("standing.example"), Now.AddDays(0.5), Ct));
        Assert.NotNull(await store.AsOfAsync(DomainName.Parse("standing.example"), Now.AddDays(1.5), Ct));

        await eviction.FreeAsync(100_000, Ct);
        Assert.Equal((2, 1), (eviction.Documents, eviction.Domains));
        Assert.Equal(["later.example", "standing.example"], await DomainsAsync(database));
        Assert.NotNull(await store.LatestAsync(DomainName.Parse("standing.example"), Ct));

        await eviction.FreeAsync(long.MaxValue, Ct);
        Assert.Equal((2, 3), (eviction.Documents, eviction.Domains));
        Assert.Equal(0, await database.ReadAsync(Share.OfAllAsync, Ct));
    }

    [Fact]
    public async Task A_log_that_readers_have_let_grow_is_moved_into_the_file()
    {
        await using var database = await OpenAsync(Ct);
        using var store = Store(database);
        await RecordAsync(store, "example.com", 0, default);
        await database.ReadAsync(
            async (connection, token) =>
            {
                // As long as this one reads, nothing of what comes later can leave the log.
                await connection.RunAsync("BEGIN", [], token);
                await connection.QueryAsync("SELECT domain FROM domains", [], row => row.GetString(0), token);
                for (var n = 0; n < 200; n++)
                    await RecordAsync(store, $"d{n}.example", n, ClientKey.Of(new System.Net.IPAddress([10, 0, (byte)n, 1])));
                return await connection.RunAsync("COMMIT", [], token);
            },
            Ct
        );
        Assert.InRange(new FileInfo($"{File}-wal").Length, 16 * 1024 * 1024, long.MaxValue);

        await RecordAsync(store, "last.example", 0, default);

        Assert.InRange(new FileInfo($"{File}-wal").Length, 0, Log);
    }

    private string File => Path.Combine(_folder, Database.FileName);

    private HistoryStore Store(Database database) => new(database, Budget, _clock, _meter, _log);

    private static async Task RecordAsync(HistoryStore store, string name, int n, ClientKey by, DateTimeOffset? at = null)
    {
        var (facts, document) = WorstDomain.Check(name, n, at ?? Now.AddMinutes(n * 3));
        await store.RecordAsync(facts, document, by, Ct);
    }

    private static async Task SmallAsync(HistoryStore store, string name, int n, ClientKey by)
    {
        var facts = Healthy() with { Domain = DomainName.Parse(name), CheckedAt = Now.AddMinutes(n) };
        await store.RecordAsync(facts, CheckDocuments.Of(CheckResult.Of(facts)), by, Ct);
    }

    private static async Task<long> CountAsync(Database database, string table) =>
        (await database.ReadAsync((c, t) => c.QueryAsync($"SELECT COUNT(*) FROM {table}", [], r => r.GetInt64(0), t), Ct))[0];

    private static Task<List<string>> DomainsAsync(Database database) =>
        database.ReadAsync((c, t) => c.QueryAsync("SELECT domain FROM domains ORDER BY domain", [], r => r.GetString(0), t), Ct);

    private long OnDisk() =>
        Directory.GetFiles(_folder).Where(f => !f.EndsWith("-shm", StringComparison.Ordinal)).Sum(f => new FileInfo(f).Length);

    private Task<Database> OpenAsync(CancellationToken ct) => Database.OpenSqliteAsync(_folder, TimeProvider.System, ct);
}
