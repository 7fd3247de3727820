using System.Data.Common;
using Postseal.Checks.History;
using Postseal.Checks.Json;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Server.Store;

namespace Postseal.Server.History;

/// <summary>Rows of the history tables and what they mean.</summary>
internal static class HistoryRows
{
    private const string SpanColumns = "id, subject, told, level, summary, first_seen, last_seen, gone_at";

    /// <summary>A kept document; null when there is none, or one that an older program wrote and this one cannot read.</summary>
    public static async Task<CheckDocument?> DocumentAsync(
        DbConnection connection,
        string sql,
        IReadOnlyList<(string, object?)> values,
        CancellationToken ct
    )
    {
        var texts = await connection.QueryAsync(sql, values, row => row.GetString(0), ct);
        return texts is [var text] ? KeptDocument.Read(text) : null;
    }

    /// <summary>All that is remembered of a domain.</summary>
    public static async Task<DomainHistory?> ReadAsync(DbConnection connection, DomainName domain, CancellationToken ct)
    {
        var rows = await connection.QueryAsync(
            "SELECT first_checked, last_checked, checks FROM domains WHERE domain = @domain",
            [("@domain", domain.Value)],
            row => (First: row.Time(0), Last: row.Time(1), Checks: row.GetInt64(2)),
            ct
        );
        if (rows is not [var known])
            return null;

        var spans = await SpansAsync(connection, domain, "", ct);
        var verdicts = await connection.QueryAsync(
            "SELECT mail, protection, first_seen, last_seen FROM verdicts WHERE domain = @domain ORDER BY first_seen DESC",
            [("@domain", domain.Value)],
            row => new VerdictSpan(row.GetString(0), row.GetString(1), row.Time(2), row.Time(3)),
            ct
        );
        return new(
            known.First,
            known.Last,
            known.Checks,
            [.. spans.Select(s => new FindingSpan(s.Id, s.Level, s.Subject, s.Summary, s.FirstSeen, s.LastSeen, s.GoneAt))],
            verdicts,
            await PublicationsAsync(connection, domain, ct)
        );
    }

    /// <summary>The findings that stand open.</summary>
    public static Task<List<SpanRow>> OpenSpansAsync(DbConnection connection, DomainName domain, CancellationToken ct) =>
        SpansAsync(connection, domain, "AND gone_at IS NULL", ct);

    /// <summary>What was published, latest first.</summary>
    public static async Task<IReadOnlyList<Publication>> PublicationsAsync(
        DbConnection connection,
        DomainName domain,
        CancellationToken ct
    ) =>
        await connection.QueryAsync(
            """
            SELECT record_id, policy_sha256, mode, max_age, first_seen, last_seen FROM publications
            WHERE domain = @domain ORDER BY first_seen DESC
            """,
            [("@domain", domain.Value)],
            row => new Publication(
                row.GetString(0),
                row.GetString(1),
                Mode(row.GetString(2)),
                row.GetInt64(3),
                row.Time(4),
                row.Time(5)
            ),
            ct
        );

    private static Task<List<SpanRow>> SpansAsync(
        DbConnection connection,
        DomainName domain,
        string which,
        CancellationToken ct
    ) =>
        connection.QueryAsync(
            $"SELECT {SpanColumns} FROM findings WHERE domain = @domain {which} ORDER BY last_seen DESC, first_seen DESC, id, subject",
            [("@domain", domain.Value)],
            row => new SpanRow(
                row.GetString(0),
                row.GetString(1),
                row.GetInt64(2) != 0,
                row.GetString(3),
                row.GetString(4),
                row.Time(5),
                row.Time(6),
                row.IsDBNull(7) ? null : row.Time(7)
            ),
            ct
        );

    private static StsMode Mode(string wire) => Enum.GetValues<StsMode>().First(m => m.ToWire() == wire);
}
