using System.Data.Common;
using Postseal.Checks.Json;
using Postseal.Protocol;
using Postseal.Server.Store;

namespace Postseal.Server.History;

/// <summary>
/// The document of a check on its way among the others of its domain. Kept are the last check, and of each state the check that showed it first; a
/// check that is both stands once.
/// </summary>
internal sealed class RecordedDocument(DbConnection connection, DomainName domain, DateTimeOffset at, CheckDocument document)
{
    /// <summary>Keeps it.</summary>
    /// <param name="fingerprint">What the last check showed; empty when this is the first.</param>
    /// <param name="changed">The check that showed that first: a later document is one that only repeated it.</param>
    public async Task WriteAsync(string fingerprint, DateTimeOffset changed, CancellationToken ct)
    {
        var now = Fingerprint.Of(document);
        await RunAsync("DELETE FROM documents WHERE domain = @domain AND checked_at > @changed", changed, ct);
        if (now != fingerprint)
        {
            await ThinAsync(changed, ct);
            changed = at;
        }

        await connection.RunAsync(
            """
            INSERT INTO documents (domain, checked_at, document) VALUES (@domain, @at, @document)
            ON CONFLICT (domain, checked_at) DO UPDATE SET document = excluded.document
            """,
            [("@domain", domain.Value), ("@at", at), ("@document", KeptDocument.Text(document))],
            ct
        );
        await connection.RunAsync(
            "UPDATE domains SET last_checked = @at, fingerprint = @fingerprint, changed_at = @changed WHERE domain = @domain",
            [("@domain", domain.Value), ("@at", at), ("@fingerprint", now), ("@changed", changed)],
            ct
        );
        await BoundAsync(ct);
    }

    // A change between two others that are close goes: it was true for less than the time between them.
    private Task<int> ThinAsync(DateTimeOffset changed, CancellationToken ct) =>
        connection.RunAsync(
            """
            DELETE FROM documents WHERE domain = @domain AND checked_at = @changed
            AND EXISTS (SELECT 1 FROM documents WHERE domain = @domain AND checked_at < @changed AND checked_at > @since)
            """,
            [("@domain", domain.Value), ("@changed", changed), ("@since", at - HistoryLimits.Between)],
            ct
        );

    private Task<int> BoundAsync(CancellationToken ct) =>
        connection.RunAsync(
            """
            DELETE FROM documents WHERE domain = @domain AND checked_at IN (
                SELECT checked_at FROM (
                    SELECT checked_at, ROW_NUMBER() OVER kept AS n, SUM(octet_length(document)) OVER kept AS upto
                    FROM documents WHERE domain = @domain WINDOW kept AS (ORDER BY checked_at DESC)
                ) AS ranked WHERE n > @most OR upto > @bytes)
            """,
            [
                ("@domain", domain.Value),
                ("@most", (long)HistoryLimits.Documents),
                ("@bytes", (long)HistoryLimits.DocumentBytesOfDomain),
            ],
            ct
        );

    private Task<int> RunAsync(string sql, DateTimeOffset changed, CancellationToken ct) =>
        connection.RunAsync(sql, [("@domain", domain.Value), ("@changed", changed)], ct);
}
