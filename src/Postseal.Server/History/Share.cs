using System.Data.Common;
using System.Text;
using Postseal.Server.Store;

namespace Postseal.Server.History;

/// <summary>
/// What a domain takes of the budget: the bytes of its texts, and what the database adds to them. Keys count twice, as each stands in an index too; a
/// document counts a page more than its text, as SQLite begins a page for it. The same figure on both databases, and one that can be told by domain:
/// pages of a file cannot.
/// </summary>
internal static class Share
{
    private const int OfRow = 128; // numbers, headers, and what a page that is not full wastes

    /// <summary>What one finding costs; <see cref="FindingCost"/> says the same in SQL.</summary>
    public static int Of(string domain, SpanRow row) =>
        Bytes(row.Summary) + (2 * (Bytes(domain) + Bytes(row.Id) + Bytes(row.Subject))) + OfRow;

    /// <summary>The cost of a row of <c>findings</c>.</summary>
    public const string FindingCost =
        "(octet_length(summary) + 2 * (octet_length(domain) + octet_length(id) + octet_length(subject)) + 128)";

    /// <summary>The cost of a row of <c>documents</c>.</summary>
    public const string DocumentCost = "(octet_length(document) + 4096)";

    /// <summary>Counts what is kept of a domain; gives it, or 0 when there is no such domain.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public static async Task<long> CountAsync(DbConnection connection, string domain, CancellationToken ct)
    {
        // Migration 004 counts in the same way.
        var rows = await connection.QueryAsync(
            $"""
            UPDATE domains SET bytes = 400 + 3 * octet_length(domain)
                + COALESCE((SELECT SUM({DocumentCost}) FROM documents WHERE domain = @domain), 0)
                + COALESCE((SELECT SUM({FindingCost}) FROM findings WHERE domain = @domain), 0)
                + (SELECT COUNT(*) FROM verdicts WHERE domain = @domain) * (2 * octet_length(domain) + 128)
                + (SELECT COUNT(*) FROM publications WHERE domain = @domain) * (2 * octet_length(domain) + 256)
            WHERE domain = @domain RETURNING bytes
            """,
            [("@domain", domain)],
            row => row.GetInt64(0),
            ct
        );
        return rows is [var bytes] ? bytes : 0;
    }

    /// <summary>What all domains take.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public static async Task<long> OfAllAsync(DbConnection connection, CancellationToken ct)
    {
        var rows = await connection.QueryAsync(
            "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM domains",
            [],
            row => row.GetInt64(0),
            ct
        );
        return rows[0];
    }

    private static int Bytes(string text) => Encoding.UTF8.GetByteCount(text);
}
