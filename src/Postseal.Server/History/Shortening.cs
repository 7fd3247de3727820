using System.Data.Common;
using Postseal.Server.Store;

namespace Postseal.Server.History;

/// <summary>Shortens documents that were kept when larger ones were allowed, one at a time: there are none any more once that is done.</summary>
internal sealed class Shortening(Database database)
{
    /// <summary>Shortens; gives the number of documents.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public async Task<long> RunAsync(CancellationToken ct)
    {
        var count = 0L;
        for (; await NextAsync(ct) is [var (domain, at, text)]; count++)
            await database.WriteAsync((connection, token) => ReplaceAsync(connection, domain, at, text, token), ct);

        return count;
    }

    private Task<List<(string Domain, DateTimeOffset At, string Text)>> NextAsync(CancellationToken ct) =>
        database.ReadAsync(
            (connection, token) =>
                connection.QueryAsync(
                    "SELECT domain, checked_at, document FROM documents WHERE octet_length(document) > @most LIMIT 1",
                    [("@most", (long)HistoryLimits.DocumentBytes)],
                    row => (row.GetString(0), row.Time(1), row.GetString(2)),
                    token
                ),
            ct
        );

    // Takes the domain's row first, as a recording does. What cannot be read is of no use to anybody.
    private static async Task<long> ReplaceAsync(
        DbConnection connection,
        string domain,
        DateTimeOffset at,
        string text,
        CancellationToken ct
    )
    {
        IReadOnlyList<(string, object?)> which = [("@domain", domain), ("@at", at)];
        await connection.RunAsync("UPDATE domains SET checks = checks WHERE domain = @domain", [("@domain", domain)], ct);
        if (KeptDocument.Read(text) is { } document)
            await connection.RunAsync(
                "UPDATE documents SET document = @document WHERE domain = @domain AND checked_at = @at",
                [.. which, ("@document", KeptDocument.Text(document))],
                ct
            );
        else
            await connection.RunAsync("DELETE FROM documents WHERE domain = @domain AND checked_at = @at", which, ct);

        return await Share.CountAsync(connection, domain, ct);
    }
}
