using System.Data.Common;
using System.Globalization;

namespace Postseal.Server.Store;

/// <summary>The numbered SQL files of Store/Migrations: each is applied once, in order, and never changed afterwards.</summary>
internal static class Migrations
{
    private const string Prefix = "Migrations/";

    // Any number will do that no other program takes on the same database: "postseal" in ASCII.
    private const long LockKey = 0x706f_7374_7365_616c;

    private static readonly (long Version, string Name, string Sql)[] All = Load();

    /// <summary>The version of a database that is up to date.</summary>
    public static long Latest => All[^1].Version;

    /// <summary>Those that an earlier program had.</summary>
    internal static IEnumerable<(long Version, string Sql)> Before(long version) =>
        All.Where(m => m.Version < version).Select(m => (m.Version, m.Sql));

    /// <summary>Brings the tables up to date, all or nothing. Nodes that start at once wait for each other.</summary>
    /// <exception cref="DatabaseException">A newer program has been here.</exception>
    public static async Task ApplyAsync(Database database, TimeProvider clock, CancellationToken ct) =>
        await database.WriteAsync((connection, token) => ApplyAsync(connection, database.IsShared, clock.GetUtcNow(), token), ct);

    private static async Task<long> ApplyAsync(DbConnection connection, bool isShared, DateTimeOffset now, CancellationToken ct)
    {
        // Held until the transaction ends. SQLite's one writer needs no such thing.
        if (isShared)
            await connection.RunAsync("SELECT pg_advisory_xact_lock(@key)", [("@key", LockKey)], ct);

        await connection.RunAsync(
            "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)",
            [],
            ct
        );
        var versions = await connection.QueryAsync(
            "SELECT version FROM schema_version ORDER BY version",
            [],
            row => row.GetInt64(0),
            ct
        );
        var current = versions.LastOrDefault();
        if (current > Latest)
            throw new DatabaseException(
                $"the database was written by a newer postseal-server (version {current} of its tables; this program knows {Latest})",
                null
            );

        foreach (var (version, name, sql) in All.Where(m => m.Version > current))
        {
            await connection.RunAsync(sql, [], ct);
            await connection.RunAsync(
                "INSERT INTO schema_version (version, name, applied_at) VALUES (@version, @name, @now)",
                [("@version", version), ("@name", name), ("@now", now)],
                ct
            );
        }

        return Latest;
    }

    private static (long, string, string)[] Load()
    {
        var assembly = typeof(Migrations).Assembly;
        return
        [
            .. assembly
                .GetManifestResourceNames()
                .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(resource =>
                {
                    using var text = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                    var name = resource[Prefix.Length..^".sql".Length];
                    return (long.Parse(name.Split('-')[0], CultureInfo.InvariantCulture), name, text.ReadToEnd());
                }),
        ];
    }
}
