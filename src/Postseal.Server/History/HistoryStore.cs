using System.Data.Common;
using Microsoft.Extensions.Logging.Abstractions;
using Postseal.Checks.Facts;
using Postseal.Checks.History;
using Postseal.Checks.Json;
using Postseal.Protocol;
using Postseal.Server.Store;

namespace Postseal.Server.History;

/// <summary>
/// Remembers the results of each domain: only what changed. A check is recorded in one transaction that first takes the row of its domain: SQLite has
/// one writer anyway, PostgreSQL locks that row, so checks of one domain from two nodes come one after the other. What all of it may take has a budget.
/// </summary>
public sealed class HistoryStore : IDisposable
{
    private readonly Database _database;
    private readonly StoreMeter? _meter;
    private readonly Growth _growth;
    private readonly HistoryRoom _room;
    private readonly ILogger _log;

    /// <summary>With the budget that is standard, and in silence.</summary>
    public HistoryStore(Database database)
        : this(database, HistoryLimits.Budget(HistoryLimits.StandardMegabytes), TimeProvider.System, null, NullLogger.Instance)
    { }

    /// <param name="database">Where it is kept.</param>
    /// <param name="budget">Bytes that all of it may take.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="meter">Shows what is held; null for nowhere.</param>
    /// <param name="log">Hears what had to go.</param>
    public HistoryStore(Database database, long budget, TimeProvider clock, StoreMeter? meter, ILogger log)
    {
        (_database, _meter, _log) = (database, meter, log);
        _growth = new(budget / HistoryLimits.DaysOfOneNetwork, clock);
        _room = new(database, budget, clock, meter, log);
    }

    /// <summary>What was published before, latest first.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<IReadOnlyList<Publication>> PublicationsAsync(DomainName domain, CancellationToken ct) =>
        _database.ReadAsync((connection, token) => HistoryRows.PublicationsAsync(connection, domain, token), ct);

    /// <summary>All that is remembered of a domain; null when that is nothing.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<DomainHistory?> ReadAsync(DomainName domain, CancellationToken ct) =>
        _database.ReadAsync((connection, token) => HistoryRows.ReadAsync(connection, domain, token), ct);

    /// <summary>The last check of a domain that is remembered; null when there is none.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<CheckDocument?> LatestAsync(DomainName domain, CancellationToken ct) =>
        _database.ReadAsync(
            (connection, token) =>
                HistoryRows.DocumentAsync(
                    connection,
                    "SELECT document FROM documents WHERE domain = @domain ORDER BY checked_at DESC LIMIT 1",
                    [("@domain", domain.Value)],
                    token
                ),
            ct
        );

    /// <summary>What checks showed at a time: the last change before it that is kept. Null when there is none.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<CheckDocument?> AsOfAsync(DomainName domain, DateTimeOffset time, CancellationToken ct) =>
        _database.ReadAsync(
            (connection, token) =>
                HistoryRows.DocumentAsync(
                    connection,
                    // What is later than the last change only repeats it.
                    """
                    SELECT document FROM documents WHERE domain = @domain AND checked_at <= @time
                    AND checked_at <= (SELECT changed_at FROM domains WHERE domain = @domain) ORDER BY checked_at DESC LIMIT 1
                    """,
                    [("@domain", domain.Value), ("@time", time)],
                    token
                ),
            ct
        );

    /// <summary>The same for a check that nobody in particular asked for.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<DomainHistory?> RecordAsync(DomainFacts facts, CheckDocument document, CancellationToken ct) =>
        RecordAsync(facts, document, default, ct);

    /// <summary>Remembers one check and gives the history with it. A check that is older than one already recorded is counted and no more; one that was
    /// asked for from a network that has used up its share is not remembered.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    internal async Task<DomainHistory?> RecordAsync(DomainFacts facts, CheckDocument document, ClientKey by, CancellationToken ct)
    {
        if (!_growth.HasRoom(by))
        {
            _meter?.Unremembered();
            return await ReadAsync(facts.Domain, ct);
        }

        await _room.MakeAsync(ct);
        var recorded = await _database.WriteAsync(
            (connection, token) => new Recording(connection, facts, document).RunAsync(token),
            ct
        );
        _growth.Add(by, recorded.Grown);
        _room.Add(recorded.Grown);
        return recorded.History;
    }

    /// <summary>Forgets what is older than this; a domain altogether when it was not checked since. Many small transactions, so that nobody waits.</summary>
    /// <returns>How many domains were forgotten.</returns>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<long> PruneAsync(DateTimeOffset before, CancellationToken ct) => new Pruning(_database, before).RunAsync(ct);

    /// <summary>Brings what an earlier program left, or another configuration, within the limits of this one.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public async Task FitAsync(CancellationToken ct)
    {
        if (await new Shortening(_database).RunAsync(ct) is > 0 and var shortened)
            HistoryLog.Shortened(_log, shortened);

        await _room.MakeAsync(ct);
    }

    /// <inheritdoc/>
    public void Dispose() => _room.Dispose();
}
