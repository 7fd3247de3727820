using System.Data.Common;
using Postseal.Checks.Facts;
using Postseal.Checks.History;
using Postseal.Checks.Json;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Server.Store;

namespace Postseal.Server.History;

/// <summary>What recording came to.</summary>
/// <param name="History">All that is remembered of the domain now.</param>
/// <param name="Grown">By how many bytes that is more (<see cref="Share"/>); may be negative.</param>
internal sealed record Recorded(DomainHistory? History, long Grown);

/// <summary>One check on its way into the tables, inside of one transaction. What one domain can take is bounded; the oldest goes first.</summary>
internal sealed class Recording(DbConnection connection, DomainFacts facts, CheckDocument document)
{
    private DomainName Domain => facts.Domain;

    // Times are kept in whole milliseconds; what is compared with kept ones has to be so, too.
    private readonly DateTimeOffset _at = DateTimeOffset.FromUnixTimeMilliseconds(facts.CheckedAt.ToUnixTimeMilliseconds());

    /// <summary>Records the check and gives the history with it.</summary>
    public async Task<Recorded> RunAsync(CancellationToken ct)
    {
        var taken = await TakeAsync(ct);
        var bytes = taken.Bytes;
        // Two nodes may end in another order than they began. Spans are told forwards only.
        if (_at >= taken.Last)
        {
            await FindingsAsync(ct);
            await VerdictAsync(ct);
            await PublicationAsync(ct);
            await new RecordedDocument(connection, Domain, _at, document).WriteAsync(taken.Fingerprint, taken.Changed, ct);
            bytes = await Share.CountAsync(connection, Domain.Value, ct);
        }

        return new(await HistoryRows.ReadAsync(connection, Domain, ct), bytes - taken.Bytes);
    }

    // Takes the row, and with it the domain: another node waits here until this transaction ends.
    private async Task<(DateTimeOffset Last, string Fingerprint, DateTimeOffset Changed, long Bytes)> TakeAsync(
        CancellationToken ct
    )
    {
        var rows = await connection.QueryAsync(
            """
            INSERT INTO domains (domain, first_checked, last_checked, checks, fingerprint) VALUES (@domain, @at, @at, 1, '')
            ON CONFLICT (domain) DO UPDATE SET checks = domains.checks + 1
            RETURNING last_checked, fingerprint, changed_at, bytes
            """,
            [("@domain", Domain.Value), ("@at", _at)],
            row => (row.Time(0), row.GetString(1), row.Time(2), row.GetInt64(3)),
            ct
        );
        return rows[0];
    }

    private async Task FindingsAsync(CancellationToken ct)
    {
        var open = await HistoryRows.OpenSpansAsync(connection, Domain, ct);
        var rows = FindingSpans.Merge(
            open,
            document.Findings,
            _at,
            row => Share.Of(Domain.Value, row),
            (id, subject) => Sight.Saw(facts, id, subject)
        );
        foreach (var row in rows)
            await connection.RunAsync(
                """
                INSERT INTO findings (domain, id, subject, told, first_seen, last_seen, gone_at, level, summary)
                VALUES (@domain, @id, @subject, @told, @first, @last, @gone, @level, @summary)
                ON CONFLICT (domain, id, subject, told, first_seen) DO UPDATE
                SET last_seen = excluded.last_seen, gone_at = excluded.gone_at, level = excluded.level, summary = excluded.summary
                """,
                [
                    ("@domain", Domain.Value),
                    ("@id", row.Id),
                    ("@subject", row.Subject),
                    ("@told", row.Told ? 1L : 0L),
                    ("@first", row.FirstSeen),
                    ("@last", row.LastSeen),
                    ("@gone", row.GoneAt),
                    ("@level", row.Level),
                    ("@summary", row.Summary),
                ],
                ct
            );

        // Those that are gone go first, then those not seen for longest.
        await connection.RunAsync(
            $"""
            DELETE FROM findings WHERE domain = @domain AND (id, subject, told, first_seen) IN (
                SELECT id, subject, told, first_seen FROM (
                    SELECT id, subject, told, first_seen, ROW_NUMBER() OVER kept AS n, SUM({Share.FindingCost}) OVER kept AS upto
                    FROM findings WHERE domain = @domain WINDOW kept AS (ORDER BY
                    CASE WHEN gone_at IS NULL THEN 0 ELSE 1 END, last_seen DESC, first_seen DESC, id, subject, told)
                ) AS ranked WHERE n > @most OR upto > @bytes)
            """,
            [("@domain", Domain.Value), ("@most", (long)HistoryLimits.Spans), ("@bytes", (long)HistoryLimits.SpanBytes)],
            ct
        );
    }

    private async Task VerdictAsync(CancellationToken ct)
    {
        var (mail, protection) = (document.Verdict.Mail, document.Verdict.Protection);
        var goesOn = await connection.RunAsync(
            """
            UPDATE verdicts SET last_seen = @at WHERE domain = @domain AND mail = @mail AND protection = @protection
            AND first_seen = (SELECT MAX(first_seen) FROM verdicts WHERE domain = @domain)
            """,
            [("@domain", Domain.Value), ("@at", _at), ("@mail", mail), ("@protection", protection)],
            ct
        );
        if (goesOn == 0)
            await connection.RunAsync(
                """
                INSERT INTO verdicts (domain, first_seen, last_seen, mail, protection) VALUES (@domain, @at, @at, @mail, @protection)
                ON CONFLICT (domain, first_seen) DO UPDATE SET mail = excluded.mail, protection = excluded.protection
                """,
                [("@domain", Domain.Value), ("@at", _at), ("@mail", mail), ("@protection", protection)],
                ct
            );

        await BoundAsync("verdicts", "first_seen", HistoryLimits.Verdicts, ct);
    }

    private async Task PublicationAsync(CancellationToken ct)
    {
        if (Publication.Of(facts) is not { } seen)
            return;

        var goesOn = await connection.RunAsync(
            """
            UPDATE publications SET last_seen = @at WHERE domain = @domain AND record_id = @id AND policy_sha256 = @sha256
            AND first_seen = (SELECT MAX(first_seen) FROM publications WHERE domain = @domain)
            """,
            [("@domain", Domain.Value), ("@at", _at), ("@id", seen.RecordId), ("@sha256", seen.PolicySha256)],
            ct
        );
        if (goesOn == 0)
            await connection.RunAsync(
                """
                INSERT INTO publications (domain, first_seen, last_seen, record_id, policy_sha256, mode, max_age)
                VALUES (@domain, @at, @at, @id, @sha256, @mode, @maxAge)
                ON CONFLICT (domain, first_seen) DO UPDATE SET record_id = excluded.record_id,
                policy_sha256 = excluded.policy_sha256, mode = excluded.mode, max_age = excluded.max_age
                """,
                [
                    ("@domain", Domain.Value),
                    ("@at", _at),
                    ("@id", seen.RecordId),
                    ("@sha256", seen.PolicySha256),
                    ("@mode", seen.Mode.ToWire()),
                    ("@maxAge", seen.MaxAge),
                ],
                ct
            );

        await BoundAsync("publications", "first_seen", HistoryLimits.Publications, ct);
    }

    // Table and column are literals of this file.
    private Task<int> BoundAsync(string table, string time, long most, CancellationToken ct) =>
        connection.RunAsync(
            $"""
            DELETE FROM {table} WHERE domain = @domain AND {time} NOT IN (
                SELECT {time} FROM {table} WHERE domain = @domain ORDER BY {time} DESC LIMIT @most)
            """,
            [("@domain", Domain.Value), ("@most", most)],
            ct
        );
}
