using System.Data.Common;
using Postseal.Checks.Facts;
using Postseal.Checks.History;
using Postseal.Checks.Json;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Server.Store;

namespace Postseal.Server.History;

/// <summary>One check on its way into the tables, inside of one transaction.</summary>
internal sealed class Recording(DbConnection connection, DomainFacts facts, CheckDocument document)
{
    // Anyone may have any domain checked every few minutes, and its owner may have it look different each time. What one domain can take is
    // therefore bounded; the oldest goes first.

    // Two screens of history; a domain in order has under ten.
    private const int MaxSpans = 300;

    // One change a week for two years.
    private const int MaxVerdicts = 100;

    // The rules look back to the longest max_age, a year: a policy that changes weekly.
    private const int MaxPublications = 52;

    // The large part, up to 60 KB each.
    private const int MaxDocuments = 20;

    private DomainName Domain => facts.Domain;

    // Times are kept in whole milliseconds; what is compared with kept ones has to be so, too.
    private readonly DateTimeOffset _at = DateTimeOffset.FromUnixTimeMilliseconds(facts.CheckedAt.ToUnixTimeMilliseconds());

    /// <summary>Records the check and gives the history with it.</summary>
    public async Task<DomainHistory?> RunAsync(CancellationToken ct)
    {
        var (last, fingerprint) = await TakeAsync(ct);
        // Two nodes may end in another order than they began. Spans are told forwards only.
        if (_at >= last)
        {
            await FindingsAsync(ct);
            await VerdictAsync(ct);
            await PublicationAsync(ct);
            await DocumentAsync(fingerprint, ct);
        }

        return await HistoryRows.ReadAsync(connection, Domain, ct);
    }

    // Takes the row, and with it the domain: another node waits here until this transaction ends.
    private async Task<(DateTimeOffset Last, string Fingerprint)> TakeAsync(CancellationToken ct)
    {
        var rows = await connection.QueryAsync(
            """
            INSERT INTO domains (domain, first_checked, last_checked, checks, fingerprint) VALUES (@domain, @at, @at, 1, '')
            ON CONFLICT (domain) DO UPDATE SET checks = domains.checks + 1
            RETURNING last_checked, fingerprint
            """,
            [("@domain", Domain.Value), ("@at", _at)],
            row => (row.Time(0), row.GetString(1)),
            ct
        );
        return rows[0];
    }

    private async Task FindingsAsync(CancellationToken ct)
    {
        var open = await HistoryRows.OpenSpansAsync(connection, Domain, ct);
        foreach (var row in FindingSpans.Merge(open, document.Findings, _at, (id, subject) => Sight.Saw(facts, id, subject)))
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
            """
            DELETE FROM findings WHERE domain = @domain AND (id, subject, told, first_seen) NOT IN (
                SELECT id, subject, told, first_seen FROM findings WHERE domain = @domain
                ORDER BY CASE WHEN gone_at IS NULL THEN 0 ELSE 1 END, last_seen DESC, first_seen DESC, id, subject, told LIMIT @most)
            """,
            [("@domain", Domain.Value), ("@most", (long)MaxSpans)],
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

        await BoundAsync("verdicts", "first_seen", MaxVerdicts, ct);
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

        await BoundAsync("publications", "first_seen", MaxPublications, ct);
    }

    private async Task DocumentAsync(string fingerprint, CancellationToken ct)
    {
        var now = Fingerprint.Of(document);
        var text = HistoryRows.Text(document);
        await connection.RunAsync(
            "UPDATE domains SET last_checked = @at, fingerprint = @fingerprint, document = @document WHERE domain = @domain",
            [("@domain", Domain.Value), ("@at", _at), ("@fingerprint", now), ("@document", text)],
            ct
        );
        if (now == fingerprint || text is null)
            return;

        await connection.RunAsync(
            """
            INSERT INTO documents (domain, checked_at, document) VALUES (@domain, @at, @document)
            ON CONFLICT (domain, checked_at) DO UPDATE SET document = excluded.document
            """,
            [("@domain", Domain.Value), ("@at", _at), ("@document", text)],
            ct
        );
        await BoundAsync("documents", "checked_at", MaxDocuments, ct);
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
