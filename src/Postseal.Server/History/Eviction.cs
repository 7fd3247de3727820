using System.Data.Common;
using Postseal.Server.Store;

namespace Postseal.Server.History;

/// <summary>
/// Makes room: first the older documents of all domains, the oldest first; then whole domains, those that were not checked for longest first, and
/// among them those that never had standing before any that has. A few rows at a time, so that no check waits for long.
/// </summary>
internal sealed class Eviction(Database database)
{
    // Names in hand at a time; some 20 MB of documents.
    private const long Batch = 500;

    /// <summary>Documents that were forgotten.</summary>
    public long Documents { get; private set; }

    /// <summary>Domains that were.</summary>
    public long Domains { get; private set; }

    /// <summary>Forgets as much as this; gives what that came to, in bytes. Less only when there is no more.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public async Task<long> FreeAsync(long bytes, CancellationToken ct)
    {
        var freed = 0L;
        while (freed < bytes && await OlderDocumentsAsync(ct) is { Count: > 0 } documents)
        {
            foreach (var (domain, at) in Enough(documents, bytes - freed))
                freed += await database.WriteAsync((connection, token) => ForgetAsync(connection, domain, at, token), ct);
        }

        while (freed < bytes && await DomainsAsync(ct) is { Count: > 0 } domains)
        {
            foreach (var (domain, checkedAt, share) in domains)
            {
                if (freed >= bytes)
                    break;

                var gone = await database.WriteAsync((c, token) => ForgetAsync(c, domain, checkedAt, token), ct);
                Domains += gone;
                freed += gone * share;
            }
        }

        return freed;
    }

    // By domain, so that each has one transaction.
    private static IEnumerable<(string Domain, DateTimeOffset[] At)> Enough(
        List<(string Domain, DateTimeOffset At, long Bytes)> documents,
        long bytes
    ) =>
        documents
            .TakeWhile(d => (bytes -= d.Bytes) > -d.Bytes)
            .GroupBy(d => d.Domain, (domain, all) => (domain, all.Select(d => d.At).ToArray()));

    private Task<List<(string Domain, DateTimeOffset At, long Bytes)>> OlderDocumentsAsync(CancellationToken ct) =>
        database.ReadAsync(
            (connection, token) =>
                connection.QueryAsync(
                    $"""
                    SELECT domain, checked_at, {Share.DocumentCost} FROM documents AS older
                    WHERE EXISTS (SELECT 1 FROM documents AS last WHERE last.domain = older.domain AND last.checked_at > older.checked_at)
                    ORDER BY checked_at LIMIT @batch
                    """,
                    [("@batch", Batch)],
                    row => (row.GetString(0), row.Time(1), row.GetInt64(2)),
                    token
                ),
            ct
        );

    private Task<List<(string Domain, DateTimeOffset CheckedAt, long Bytes)>> DomainsAsync(CancellationToken ct) =>
        database.ReadAsync(
            (connection, token) =>
                connection.QueryAsync(
                    """
                    SELECT domain, last_checked, bytes FROM domains
                    ORDER BY CASE WHEN last_checked - first_checked < @standing THEN 0 ELSE 1 END, last_checked LIMIT @batch
                    """,
                    [("@standing", (long)HistoryLimits.Standing.TotalMilliseconds), ("@batch", Batch)],
                    row => (row.GetString(0), row.Time(1), row.GetInt64(2)),
                    token
                ),
            ct
        );

    // Takes the domain's row first, as a recording does.
    private async Task<long> ForgetAsync(DbConnection connection, string domain, DateTimeOffset[] times, CancellationToken ct)
    {
        var before = await connection.QueryAsync(
            "UPDATE domains SET checks = checks WHERE domain = @domain RETURNING bytes",
            [("@domain", domain)],
            row => row.GetInt64(0),
            ct
        );
        if (before is not [var bytes])
            return 0;

        foreach (var at in times)
            Documents += await connection.RunAsync(
                "DELETE FROM documents WHERE domain = @domain AND checked_at = @at",
                [("@domain", domain), ("@at", at)],
                ct
            );

        return bytes - await Share.CountAsync(connection, domain, ct);
    }

    // One that was checked meanwhile stays.
    private static async Task<long> ForgetAsync(
        DbConnection connection,
        string domain,
        DateTimeOffset checkedAt,
        CancellationToken ct
    ) =>
        await connection.RunAsync(
            "DELETE FROM domains WHERE domain = @domain AND last_checked = @at",
            [("@domain", domain), ("@at", checkedAt)],
            ct
        );
}
