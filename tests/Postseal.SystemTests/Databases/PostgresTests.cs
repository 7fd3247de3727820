using Npgsql;
using Postseal.Server.SenderTest.Tests;
using Postseal.Server.Store;
using Postseal.SystemTests.Servers;
using Postseal.Tests.Server.History;

namespace Postseal.SystemTests.Databases;

/// <summary>The history on a real PostgreSQL: the very cases that run on SQLite.</summary>
public sealed class PostgresTests(SharedPostgres shared) : IClassFixture<SharedPostgres>
{
    public static TheoryData<string> Cases => [.. HistoryCases.All.Keys];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task On_postgres(string name)
    {
        Peers.Demand(PostgresServer.Missing());
        var place = await shared.NewDatabaseAsync(Ct);
        await HistoryCases.All[name](ct => Database.OpenPostgresAsync(place, TimeProvider.System, ct), Ct);
    }

    [Fact]
    public async Task A_test_of_a_sender_is_kept_with_its_opener_and_its_warnings()
    {
        Peers.Demand(PostgresServer.Missing());
        await using var database = await Database.OpenPostgresAsync(await shared.NewDatabaseAsync(Ct), TimeProvider.System, Ct);
        var (store, at) = (new TestStore(database), new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
        var row = new TestRow(TestKey.Mailbox(TestKey.New()), at, at.AddDays(7), 3, "opener");
        await store.AddAsync(row, Ct);
        await store.AddAsync(row with { Mailbox = TestKey.Mailbox(TestKey.New()), OpenedAt = at.AddDays(1), Opener = null }, Ct);
        await store.WarnAsync(row.Mailbox, isShared: true, misses: false, Ct);

        var kept = await store.AllAsync(Ct);
        Assert.Equal((row, true, false), (kept[0].Test, kept[0].IsShared, kept[0].MissesQuestions));
        Assert.Equal((null, false, false), (kept[1].Test.Opener, kept[1].IsShared, kept[1].MissesQuestions));
        Assert.Equal("first", await store.SecretAsync("x", "first", Ct));
        Assert.Equal("first", await store.SecretAsync("x", "second", Ct));
    }

    [Fact]
    public async Task A_database_of_an_earlier_version_keeps_what_it_had_once()
    {
        Peers.Demand(PostgresServer.Missing());
        var place = await shared.NewDatabaseAsync(Ct);
        await using (var connection = new NpgsqlConnection(place))
        {
            await connection.OpenAsync(Ct);
            await OldDatabase.FillAsync(connection, Ct);
        }

        await OldDatabase.AssertMovedAsync(ct => Database.OpenPostgresAsync(place, TimeProvider.System, ct), Ct);
    }

    [Fact]
    public async Task What_cannot_be_reached_is_told_without_the_password()
    {
        Peers.Demand(PostgresServer.Missing());
        var place = $"{shared.Server.ConnectionString("no_such_database")};Password=sesame";

        var refused = await Assert.ThrowsAsync<DatabaseException>(() =>
            Database.OpenPostgresAsync(place, TimeProvider.System, Ct)
        );

        Assert.StartsWith("the PostgreSQL database cannot be used: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("no_such_database", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", refused.ToString(), StringComparison.Ordinal);
    }
}

/// <summary>One server for all, a new database for each.</summary>
public sealed class SharedPostgres : IAsyncLifetime
{
    private PostgresServer? _server;
    private int _databases;

    /// <summary>The server.</summary>
    public PostgresServer Server => _server ?? throw new InvalidOperationException("PostgreSQL was not started.");

    public async ValueTask InitializeAsync()
    {
        if (PostgresServer.Missing() is null)
            _server = await PostgresServer.StartAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Makes an empty database and says how to reach it.</summary>
    public async Task<string> NewDatabaseAsync(CancellationToken ct)
    {
        var name = $"case{Interlocked.Increment(ref _databases)}";
        await using var source = NpgsqlDataSource.Create(Server.ConnectionString("postgres"));
        await using var create = source.CreateCommand($"CREATE DATABASE {name}");
        await create.ExecuteNonQueryAsync(ct);
        return Server.ConnectionString(name);
    }
}
