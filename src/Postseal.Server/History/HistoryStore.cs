using System.Data.Common;
using Postseal.Checks.Facts;
using Postseal.Checks.History;
using Postseal.Checks.Json;
using Postseal.Protocol;
using Postseal.Server.Store;

namespace Postseal.Server.History;

/// <summary>
/// Remembers the results of each domain: only what changed. A check is recorded in one transaction that first takes the row of its domain: SQLite has
/// one writer anyway, PostgreSQL locks that row, so checks of one domain from two nodes come one after the other.
/// </summary>
public sealed class HistoryStore(Database database)
{
    /// <summary>What was published before, latest first.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<IReadOnlyList<Publication>> PublicationsAsync(DomainName domain, CancellationToken ct) =>
        database.ReadAsync((connection, token) => HistoryRows.PublicationsAsync(connection, domain, token), ct);

    /// <summary>All that is remembered of a domain; null when that is nothing.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<DomainHistory?> ReadAsync(DomainName domain, CancellationToken ct) =>
        database.ReadAsync((connection, token) => HistoryRows.ReadAsync(connection, domain, token), ct);

    /// <summary>The last check of a domain; null when there was none, or it was too large to keep.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<CheckDocument?> LatestAsync(DomainName domain, CancellationToken ct) =>
        database.ReadAsync(
            (connection, token) =>
                HistoryRows.DocumentAsync(
                    connection,
                    "SELECT document FROM domains WHERE domain = @domain AND document IS NOT NULL",
                    [("@domain", domain.Value)],
                    token
                ),
            ct
        );

    /// <summary>What checks showed at a time: the last change before it. Null when that is not remembered.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<CheckDocument?> AsOfAsync(DomainName domain, DateTimeOffset time, CancellationToken ct) =>
        database.ReadAsync(
            (connection, token) =>
                HistoryRows.DocumentAsync(
                    connection,
                    "SELECT document FROM documents WHERE domain = @domain AND checked_at <= @time ORDER BY checked_at DESC LIMIT 1",
                    [("@domain", domain.Value), ("@time", time)],
                    token
                ),
            ct
        );

    /// <summary>Remembers one check and gives the history with it. A check that is older than one already recorded is counted and no more.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<DomainHistory?> RecordAsync(DomainFacts facts, CheckDocument document, CancellationToken ct) =>
        database.WriteAsync((connection, token) => new Recording(connection, facts, document).RunAsync(token), ct);

    /// <summary>Forgets what is older than this; a domain altogether when it was not checked since. Many small transactions, so that nobody waits.</summary>
    /// <returns>How many domains were forgotten.</returns>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<long> PruneAsync(DateTimeOffset before, CancellationToken ct) => new Pruning(database, before).RunAsync(ct);
}
