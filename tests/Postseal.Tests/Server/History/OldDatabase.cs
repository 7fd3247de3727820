using System.Data.Common;
using System.Text.Json;
using Postseal.Checks.Json;
using Postseal.Protocol;
using Postseal.Server.History;
using Postseal.Server.Store;
using static Postseal.Tests.Checks.FactsBuilder;
using Assert = Xunit.Assert;

namespace Postseal.Tests.Server.History;

/// <summary>A database as version 3 of its tables had it, whatever is below it: the last document in <c>domains</c> and, when it was a change, again in
/// <c>documents</c>; and documents of up to 512 KB.</summary>
internal static class OldDatabase
{
    private const string Changed = "changed.example"; // its last check showed something new
    private const string Same = "same.example"; // its last check repeated the one before
    private const string Lost = "lost.example"; // its last document was too large

    private static readonly DomainName Domain = DomainName.Parse(Changed);

    /// <summary>Makes it.</summary>
    public static async Task FillAsync(DbConnection connection, CancellationToken ct)
    {
        await connection.RunAsync(
            "CREATE TABLE schema_version (version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)",
            [],
            ct
        );
        foreach (var (version, sql) in Migrations.Before(4))
        {
            await connection.RunAsync(sql, [], ct);
            await connection.RunAsync($"INSERT INTO schema_version VALUES ({version}, 'x', 0)", [], ct);
        }

        await DomainAsync(connection, Changed, (0, Text(0)), (5, Text(5)), null, ct);
        await DomainAsync(connection, Same, (0, Text(0)), (0, Text(0)), (5, Text(5)), ct);
        await DomainAsync(connection, Lost, (0, Text(0)), (0, Text(0)), (5, null), ct);
        await connection.RunAsync("INSERT INTO documents VALUES (@domain, 0, 'no JSON at all')", [("@domain", Lost)], ct);
    }

    /// <summary>Opens it with this version and sees to it that nothing is lost, twice or too large.</summary>
    public static async Task AssertMovedAsync(Func<CancellationToken, Task<Database>> open, CancellationToken ct)
    {
        await using var database = await open(ct);
        using var store = new HistoryStore(database);
        Assert.Equal([(Changed, 2), (Lost, 2), (Same, 2)], await CountsAsync(database, ct));

        await store.FitAsync(ct);

        var last = (await store.LatestAsync(Domain, ct))!;
        Assert.Equal(CheckedAt(5), last.CheckedAt);
        Assert.NotEmpty(last.LeftOut!);
        Assert.Equal(CheckedAt(0), (await store.AsOfAsync(Domain, Now.AddDays(1), ct))!.CheckedAt);
        Assert.Equal(CheckedAt(5), (await store.AsOfAsync(Domain, Now.AddDays(9), ct))!.CheckedAt);
        Assert.Equal(CheckedAt(5), (await store.LatestAsync(DomainName.Parse(Same), ct))!.CheckedAt);
        Assert.Equal(CheckedAt(0), (await store.AsOfAsync(DomainName.Parse(Same), Now.AddDays(9), ct))!.CheckedAt);
        Assert.Equal(CheckedAt(0), (await store.LatestAsync(DomainName.Parse(Lost), ct))!.CheckedAt);
        var most = await database.ReadAsync(
            (c, t) => c.QueryAsync("SELECT MAX(octet_length(document)) FROM documents", [], r => r.GetInt64(0), t),
            ct
        );
        Assert.InRange(most[0], 1, HistoryLimits.DocumentBytes);

        // What was counted in SQL is what is counted now.
        var counted = await database.ReadAsync(Share.OfAllAsync, ct);
        foreach (var domain in (string[])[Changed, Same, Lost])
            await database.WriteAsync((c, t) => Share.CountAsync(c, domain, t), ct);
        Assert.Equal(counted, await database.ReadAsync(Share.OfAllAsync, ct));
        Assert.InRange(counted, 4 * 30_000, 5 * (HistoryLimits.DocumentBytes + 5000));
    }

    private static string Text(int day) =>
        JsonSerializer.Serialize(WorstDomain.Check(Changed, day, Now.AddDays(day)).Document, JsonContext.Default.CheckDocument);

    private static string CheckedAt(int day) => CheckDocuments.Time(Now.AddDays(day));

    private static async Task DomainAsync(
        DbConnection connection,
        string domain,
        (int Day, string Text) first,
        (int Day, string Text) change,
        (int Day, string? Text)? last,
        CancellationToken ct
    )
    {
        var (day, text) = last ?? (change.Day, change.Text);
        await connection.RunAsync(
            "INSERT INTO domains VALUES (@domain, @first, @last, 3, 'f', @document)",
            [("@domain", domain), ("@first", Now), ("@last", Now.AddDays(day)), ("@document", text)],
            ct
        );
        foreach (var (at, document) in new[] { first, change }.Distinct())
            await connection.RunAsync(
                "INSERT INTO documents VALUES (@domain, @at, @document)",
                [("@domain", domain), ("@at", Now.AddDays(at)), ("@document", document)],
                ct
            );
    }

    private static Task<List<(string, long)>> CountsAsync(Database database, CancellationToken ct) =>
        database.ReadAsync(
            (c, t) =>
                c.QueryAsync(
                    "SELECT domain, COUNT(*) FROM documents GROUP BY domain ORDER BY domain",
                    [],
                    r => (r.GetString(0), r.GetInt64(1)),
                    t
                ),
            ct
        );
}
