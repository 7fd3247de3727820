using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Postseal.Benchmarks.Policyd;

/// <summary>
/// A store with many policies without fetching them: one row that policyd itself has written for d000000.bench.test, copied under other names of
/// the same length. It knows no column by name, so it follows the schema.
/// </summary>
internal static class FilledStore
{
    private const string Original = "d000000.bench.test";

    /// <summary>Adds p000000.bench.test and so on. The server must not be running.</summary>
    public static async Task FillAsync(string path, int count, CancellationToken ct)
    {
        await using var store = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString()
        );
        await store.OpenAsync(ct);
        await using var transaction = (SqliteTransaction)await store.BeginTransactionAsync(ct);
        var copied = 0;
        foreach (
            var table in await ColumnAsync(
                store,
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
                ct
            )
        )
        {
            var original = string.Join(
                " AND ",
                (await ColumnsAsync(store, table, "pk > 0", ct)).Select(c => $"\"{c}\" = '{Original}'")
            );
            if (original.Length > 0 && await NumberAsync(store, $"SELECT count(*) FROM \"{table}\" WHERE {original}", ct) == 1)
                copied += await CopyAsync(store, table, await ColumnsAsync(store, table, "1", ct), original, count, ct);
        }

        await transaction.CommitAsync(ct);
        if (copied < count)
            throw new InvalidOperationException($"no table of {path} has {Original} for its key");
    }

    private static Task<int> CopyAsync(
        SqliteConnection store,
        string table,
        IReadOnlyList<string> columns,
        string original,
        int count,
        CancellationToken ct
    )
    {
        // The label stands in texts and in blobs; a blob stays one.
        const string label = "printf('p%06d', n)";
        var values = columns.Select(c =>
            $"CASE typeof(\"{c}\") WHEN 'text' THEN replace(\"{c}\", 'd000000', {label})"
            + $" WHEN 'blob' THEN CAST(replace(CAST(\"{c}\" AS TEXT), 'd000000', {label}) AS BLOB) ELSE \"{c}\" END"
        );
        var command = store.CreateCommand();
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {count})
            INSERT INTO "{table}" ({string.Join(", ", columns.Select(c => $"\"{c}\""))})
            SELECT {string.Join(", ", values)} FROM numbers CROSS JOIN (SELECT * FROM "{table}" WHERE {original})
            """
        );
        return command.ExecuteNonQueryAsync(ct);
    }

    private static Task<IReadOnlyList<string>> ColumnsAsync(
        SqliteConnection store,
        string table,
        string which,
        CancellationToken ct
    ) => ColumnAsync(store, $"SELECT name FROM pragma_table_info('{table}') WHERE {which}", ct);

    private static async Task<long> NumberAsync(SqliteConnection store, string sql, CancellationToken ct)
    {
        var command = store.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(await command.ExecuteScalarAsync(ct), CultureInfo.InvariantCulture);
    }

    private static async Task<IReadOnlyList<string>> ColumnAsync(SqliteConnection store, string sql, CancellationToken ct)
    {
        var command = store.CreateCommand();
        command.CommandText = sql;
        var values = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            values.Add(reader.GetString(0));

        return values;
    }
}
