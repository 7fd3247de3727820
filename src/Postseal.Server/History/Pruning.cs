using Postseal.Server.Store;

namespace Postseal.Server.History;

/// <summary>Forgets what is too old, a few rows at a time.</summary>
internal sealed class Pruning(Database database, DateTimeOffset before)
{
    // Some milliseconds of work: a check that is recorded meanwhile waits for no longer.
    private const long Batch = 50;

    // Each is one fact that ended; an open finding is as old as its last sight, which its domain's last check bounds.
    private static readonly (string Table, string Time)[] Ended =
    [
        ("findings", "gone_at"),
        ("verdicts", "last_seen"),
        ("publications", "last_seen"),
        ("documents", "checked_at"),
    ];

    /// <summary>Forgets; gives the number of domains that nothing is left of.</summary>
    public async Task<long> RunAsync(CancellationToken ct)
    {
        var forgotten = 0L;
        for (int count; (count = await ForgetAsync(ct)) > 0; )
            forgotten += count;

        foreach (var (table, time) in Ended)
        {
            while (await DomainsAsync(table, time, ct) is { Count: > 0 } domains)
            {
                foreach (var domain in domains)
                    await ShortenAsync(table, time, domain, ct);
            }
        }

        return forgotten;
    }

    // The condition stands twice: PostgreSQL asks the outer one again when another node has changed a row in between.
    private Task<int> ForgetAsync(CancellationToken ct) =>
        database.WriteAsync(
            (connection, token) =>
                connection.RunAsync(
                    """
                    DELETE FROM domains WHERE last_checked < @before
                    AND domain IN (SELECT domain FROM domains WHERE last_checked < @before ORDER BY last_checked LIMIT @batch)
                    """,
                    [("@before", before), ("@batch", Batch)],
                    token
                ),
            ct
        );

    private Task<List<string>> DomainsAsync(string table, string time, CancellationToken ct) =>
        database.ReadAsync(
            (connection, token) =>
                connection.QueryAsync(
                    $"SELECT DISTINCT domain FROM {table} WHERE {time} < @before LIMIT @batch",
                    [("@before", before), ("@batch", Batch)],
                    row => row.GetString(0),
                    token
                ),
            ct
        );

    // Takes the domain's row first, as a recording does, so that the two cannot wait for each other.
    private Task<int> ShortenAsync(string table, string time, string domain, CancellationToken ct) =>
        database.WriteAsync(
            async (connection, token) =>
            {
                IReadOnlyList<(string, object?)> values = [("@domain", domain)];
                await connection.RunAsync("UPDATE domains SET checks = checks WHERE domain = @domain", values, token);
                var gone = await connection.RunAsync(
                    $"DELETE FROM {table} WHERE domain = @domain AND {time} < @before",
                    [.. values, ("@before", before)],
                    token
                );
                await Share.CountAsync(connection, domain, token);
                return gone;
            },
            ct
        );
}
