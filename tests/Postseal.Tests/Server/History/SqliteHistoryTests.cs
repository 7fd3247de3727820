using Postseal.Checks;
using Postseal.Checks.Json;
using Postseal.Server.History;
using Postseal.Server.Store;
using Postseal.Tests.Fakes;
using Xunit;
using static Postseal.Tests.Checks.FactsBuilder;

namespace Postseal.Tests.Server.History;

/// <summary>The history on a SQLite file: the cases that PostgreSQL has too, and what only a file can suffer.</summary>
public sealed class SqliteHistoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("postseal-store-").FullName;

    public static TheoryData<string> Cases => [.. HistoryCases.All.Keys];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_folder, Database.FileName);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task On_sqlite(string name) => HistoryCases.All[name](OpenAsync, Ct);

    [Fact]
    public async Task A_directory_that_is_missing_is_named()
    {
        var missing = Path.Combine(_folder, "no");
        var refused = await Assert.ThrowsAsync<DatabaseException>(() =>
            Database.OpenSqliteAsync(missing, TimeProvider.System, Ct)
        );
        Assert.Equal($"the data directory '{missing}' does not exist", refused.Message);
    }

    [Fact]
    public async Task What_cannot_be_opened_is_named()
    {
        Directory.CreateDirectory(File);
        var refused = await Assert.ThrowsAsync<DatabaseException>(() => OpenAsync(Ct));
        Assert.Equal($"the database '{File}' cannot be opened; may this user write there?", refused.Message);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_left_alone()
    {
        var text = string.Concat(Enumerable.Repeat("this is a letter, not a database\n", 500));
        await System.IO.File.WriteAllTextAsync(File, text, Ct);

        var refused = await Assert.ThrowsAsync<DatabaseException>(() => OpenAsync(Ct));

        Assert.StartsWith($"the database '{File}' is damaged or no database (", refused.Message, StringComparison.Ordinal);
        Assert.Equal(text, await System.IO.File.ReadAllTextAsync(File, Ct));
    }

    [Fact]
    public async Task A_string_that_is_no_connection_string_is_refused()
    {
        var refused = await Assert.ThrowsAsync<DatabaseException>(() =>
            Database.OpenPostgresAsync("Host=x;Sesame=open", TimeProvider.System, Ct)
        );
        Assert.StartsWith("this is no PostgreSQL connection string: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_dies_in_mid_write_leaves_a_sound_file()
    {
        var grave = Directory.CreateDirectory(Path.Combine(_folder, "grave")).FullName;
        await using (var database = await OpenAsync(Ct))
        {
            await RecordAsync(database, "before.example");
            await Assert.ThrowsAsync<InvalidOperationException>(() => database.WriteAsync<int>(DieAsync, Ct));
        }

        await using var survivor = await Database.OpenSqliteAsync(grave, TimeProvider.System, Ct);
        var domains = await survivor.ReadAsync(
            (c, t) => c.QueryAsync("SELECT domain FROM domains", [], r => r.GetString(0), t),
            Ct
        );
        Assert.Equal(["before.example"], domains);
        await RecordAsync(survivor, "after.example");
        Assert.Equal(
            ["ok"],
            await survivor.ReadAsync((c, t) => c.QueryAsync("PRAGMA integrity_check", [], r => r.GetString(0), t), Ct)
        );

        // The files as they stand in the midst of a transaction that has outgrown the cache are what a killed process leaves.
        async Task<int> DieAsync(System.Data.Common.DbConnection connection, CancellationToken token)
        {
            await connection.RunAsync("PRAGMA cache_size = 10", [], token);
            for (var n = 0; n < 200; n++)
                await connection.RunAsync(
                    "INSERT INTO domains (domain, first_checked, last_checked, checks, fingerprint) VALUES (@domain, 0, 0, 1, @document)",
                    [("@domain", $"d{n}.example"), ("@document", new string('x', 20_000))],
                    token
                );

            Assert.InRange(new FileInfo($"{File}-wal").Length, 1_000_000, long.MaxValue);
            foreach (var file in (string[])[File, $"{File}-wal"])
                System.IO.File.Copy(file, Path.Combine(grave, Path.GetFileName(file)));

            throw new InvalidOperationException("died");
        }
    }

    [Fact]
    public async Task Readers_do_not_wait_for_a_writer()
    {
        await using var database = await OpenAsync(Ct);
        await RecordAsync(database, "example.com");

        var seen = await database.WriteAsync(
            async (connection, token) =>
            {
                await connection.RunAsync("UPDATE domains SET checks = 99", [], token);
                return await new HistoryStore(database).ReadAsync(Domain, token);
            },
            Ct
        );

        Assert.Equal(1, seen!.Checks);
        Assert.Equal(99, (await new HistoryStore(database).ReadAsync(Domain, Ct))!.Checks);
    }

    [Fact]
    public async Task What_is_too_old_goes_when_the_server_starts()
    {
        await using var database = await OpenAsync(Ct);
        var store = new HistoryStore(database);
        await RecordAsync(database, "example.com");
        var clock = new WatchedClock();
        var log = new LogLines();
        clock.SetUtcNow(Now.AddDays(401));

        using var keeper = new HistoryKeeper(store, TimeSpan.FromDays(400), clock, log);
        await keeper.StartAsync(Ct);
        await clock.Waiting(TimeSpan.FromDays(1)).WaitAsync(Ct);
        await keeper.StopAsync(Ct);

        Assert.Null(await store.ReadAsync(Domain, Ct));
        Assert.Equal("forgot 1 domains that nobody has checked for 400 days", Assert.Single(log.Lines).Text);
    }

    private static async Task RecordAsync(Database database, string domain)
    {
        var facts = Healthy() with { Domain = Postseal.Protocol.DomainName.Parse(domain) };
        await new HistoryStore(database).RecordAsync(facts, CheckDocuments.Of(CheckResult.Of(facts)), Ct);
    }

    private Task<Database> OpenAsync(CancellationToken ct) => Database.OpenSqliteAsync(_folder, TimeProvider.System, ct);
}
