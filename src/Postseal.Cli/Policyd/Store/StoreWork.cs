using Microsoft.Data.Sqlite;
using Postseal.Protocol;
using Postseal.Resolver.Sts;

namespace Postseal.Cli.Policyd.Store;

/// <summary>One thing to write, and who waits for it to be safe on disk.</summary>
internal abstract record StoreWork
{
    // As many lines as an operator may ever want to read; downgrades are kept apart, so that new policies cannot push them out.
    private const int MaxChanges = 10_000;

    private const int Overhead = 300; // of an object with the task that waits for it and a domain's name

    private StoreWork() { }

    /// <summary>Completes when it is on disk, or with false when it cannot be written now.</summary>
    public TaskCompletionSource<bool> Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Bytes of memory while it waits, about.</summary>
    public int Weight =>
        Overhead
        + this switch
        {
            Save save => save.Policy.Text.Length,
            MarkUsed used => used.Uses.Count * Overhead,
            Record record => 2 * record.Change.Detail.Length,
            _ => 0,
        };

    /// <summary>Keep a policy.</summary>
    public sealed record Save(CachedPolicy Policy) : StoreWork;

    /// <summary>Drop a policy, unless a later one is there.</summary>
    public sealed record Remove(CachedPolicy Policy) : StoreWork;

    /// <summary>Note uses.</summary>
    public sealed record MarkUsed(IReadOnlyList<(DomainName Domain, DateTimeOffset At)> Uses) : StoreWork;

    /// <summary>Add to the journal.</summary>
    public sealed record Record(PolicyChange Change) : StoreWork;

    /// <summary>Does it, in the transaction of the caller.</summary>
    public void Run(SqliteConnection connection)
    {
        switch (this)
        {
            case Save { Policy: var p }:
                Execute(
                    connection,
                    """
                    INSERT INTO policies (domain, id, fetched_at, used_at, text) VALUES ($1, $2, $3, $3, $4)
                    ON CONFLICT (domain) DO UPDATE SET id = $2, fetched_at = $3, text = $4
                    """,
                    [p.Domain.Value, p.Id, p.FetchedAt.ToUnixTimeMilliseconds(), p.Text.ToArray()]
                );
                break;
            case Remove { Policy: var p }:
                Execute(
                    connection,
                    "DELETE FROM policies WHERE domain = $1 AND fetched_at <= $2",
                    [p.Domain.Value, p.FetchedAt.ToUnixTimeMilliseconds()]
                );
                break;
            case MarkUsed { Uses: var uses }:
                foreach (var (domain, at) in uses)
                    Execute(
                        connection,
                        "UPDATE policies SET used_at = $2 WHERE domain = $1",
                        [domain.Value, at.ToUnixTimeMilliseconds()]
                    );
                break;
            case Record { Change: var change }:
                Add(connection, change);
                break;
        }
    }

    private static void Add(SqliteConnection connection, PolicyChange change)
    {
        Execute(
            connection,
            """
            INSERT INTO changes (at, domain, from_mode, to_mode, cause, detail, downgrade) VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                change.At.ToUnixTimeMilliseconds(),
                change.Domain.Value,
                (object?)PolicyRows.Text(change.From) ?? DBNull.Value,
                (object?)PolicyRows.Text(change.To) ?? DBNull.Value,
                change.Cause.ToWire(),
                change.Detail,
                change.IsDowngrade ? 1 : 0,
            ]
        );
        Execute(
            connection,
            """
            DELETE FROM changes WHERE downgrade = $1
            AND seq <= (SELECT max(seq) FROM changes) - $2
            AND seq <= (SELECT seq FROM changes WHERE downgrade = $1 ORDER BY seq DESC LIMIT 1 OFFSET $2)
            """,
            [change.IsDowngrade ? 1 : 0, MaxChanges]
        );
    }

    private static void Execute(SqliteConnection connection, string sql, object[] values)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue($"${i + 1}", values[i]);

        command.ExecuteNonQuery();
    }
}
