using System.Data.Common;
using Postseal.Lab.Watching;
using Postseal.Server.Store;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>Keeps the tests that are open and what was seen in them. Deleting a test deletes all of it.</summary>
public sealed class TestStore(Database database)
{
    /// <summary>Keeps a new test, in its first round.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<int> AddAsync(TestRow test, CancellationToken ct) =>
        database.WriteAsync(
            (connection, token) =>
                connection.RunAsync(
                    "INSERT INTO sender_tests (mailbox, opened_at, expires_at, place, round) VALUES (@mailbox, @opened, @expires, @place, 1)",
                    [
                        ("@mailbox", test.Mailbox),
                        ("@opened", test.OpenedAt),
                        ("@expires", test.ExpiresAt),
                        ("@place", (long?)test.Place),
                    ],
                    token
                ),
            ct
        );

    /// <summary>Says that another round began.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<int> BeginAsync(string mailbox, int round, CancellationToken ct) =>
        database.WriteAsync(
            (connection, token) =>
                connection.RunAsync(
                    "UPDATE sender_tests SET round = @round WHERE mailbox = @mailbox",
                    [("@mailbox", mailbox), ("@round", (long)round)],
                    token
                ),
            ct
        );

    /// <summary>Forgets a test.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<int> DeleteAsync(string mailbox, CancellationToken ct) =>
        database.WriteAsync(
            (connection, token) =>
                connection.RunAsync("DELETE FROM sender_tests WHERE mailbox = @mailbox", [("@mailbox", mailbox)], token),
            ct
        );

    /// <summary>Forgets the tests that expired before.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<int> PruneAsync(DateTimeOffset before, CancellationToken ct) =>
        database.WriteAsync(
            (connection, token) =>
                connection.RunAsync("DELETE FROM sender_tests WHERE expires_at <= @before", [("@before", before)], token),
            ct
        );

    /// <summary>All tests, with their rounds.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<List<(TestRow Test, int Round)>> AllAsync(CancellationToken ct) =>
        database.ReadAsync(
            (connection, token) =>
                connection.QueryAsync(
                    "SELECT mailbox, opened_at, expires_at, place, round FROM sender_tests ORDER BY opened_at",
                    [],
                    row =>
                        (
                            new TestRow(
                                row.GetString(0),
                                row.Time(1),
                                row.Time(2),
                                row.IsDBNull(3) ? null : (int)row.GetInt64(3)
                            ),
                            (int)row.GetInt64(4)
                        ),
                    token
                ),
            ct
        );

    /// <summary>Keeps what was seen. What belongs to a test that was deleted meanwhile is left out.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<int> KeepAsync(
        IReadOnlyList<(string Mailbox, int Number, Observation Observation)> seen,
        CancellationToken ct
    ) =>
        database.WriteAsync(
            async (connection, token) =>
            {
                foreach (var (mailbox, number, observation) in seen)
                    await connection.RunAsync(
                        """
                        INSERT INTO sender_observations (mailbox, number, observation)
                        SELECT @mailbox, @number, @observation WHERE EXISTS (SELECT 1 FROM sender_tests WHERE mailbox = @mailbox)
                        """,
                        [
                            ("@mailbox", mailbox),
                            ("@number", (long)number),
                            ("@observation", ObservationText.Of(observation)),
                        ],
                        token
                    );

                return seen.Count;
            },
            ct
        );

    /// <summary>What was seen in a test, in the order of arrival.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<List<Observation>> SeenAsync(string mailbox, CancellationToken ct) =>
        database.ReadAsync(
            (connection, token) =>
                connection.QueryAsync(
                    "SELECT observation FROM sender_observations WHERE mailbox = @mailbox ORDER BY number",
                    [("@mailbox", mailbox)],
                    row => ObservationText.Read(row.GetString(0)),
                    token
                ),
            ct
        );
}
