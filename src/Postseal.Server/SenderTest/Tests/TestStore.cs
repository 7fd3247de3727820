using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using Postseal.Lab.Watching;
using Postseal.Server.Store;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>Keeps the tests that are open and what was seen in them. Deleting a test deletes all of it.</summary>
public sealed class TestStore(Database database)
{
    // Tests that are gone for everybody and still stand in a database that failed: as many as can be open, at the most.
    private readonly ConcurrentDictionary<string, byte> _late = new(StringComparer.Ordinal);

    /// <summary>Keeps a new test, in its first round.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<int> AddAsync(TestRow test, CancellationToken ct) =>
        database.WriteAsync(
            (connection, token) =>
                connection.RunAsync(
                    """
                    INSERT INTO sender_tests (mailbox, opened_at, expires_at, place, rounds, opener)
                    VALUES (@mailbox, @opened, @expires, @place, @rounds, @opener)
                    """,
                    [
                        ("@mailbox", test.Mailbox),
                        ("@opened", test.OpenedAt),
                        ("@expires", test.ExpiresAt),
                        ("@place", (long?)test.Place),
                        ("@rounds", Rounds([test.OpenedAt])),
                        ("@opener", test.Opener),
                    ],
                    token
                ),
            ct
        );

    /// <summary>Says that another round began.</summary>
    /// <param name="mailbox">The test.</param>
    /// <param name="rounds">When each round began.</param>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<int> BeginAsync(string mailbox, IEnumerable<DateTimeOffset> rounds, CancellationToken ct) =>
        database.WriteAsync(
            (connection, token) =>
                connection.RunAsync(
                    "UPDATE sender_tests SET rounds = @rounds WHERE mailbox = @mailbox",
                    [("@mailbox", mailbox), ("@rounds", Rounds(rounds))],
                    token
                ),
            ct
        );

    /// <summary>Says what the page of a test warns of.</summary>
    /// <param name="mailbox">The test.</param>
    /// <param name="isShared">Another one has the same sender.</param>
    /// <param name="misses">Something of its sender's may have been given to nobody.</param>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<int> WarnAsync(string mailbox, bool isShared, bool misses, CancellationToken ct) =>
        database.WriteAsync(
            (connection, token) =>
                connection.RunAsync(
                    "UPDATE sender_tests SET shared = @shared, misses = @misses WHERE mailbox = @mailbox",
                    [("@mailbox", mailbox), ("@shared", isShared ? 1L : 0L), ("@misses", misses ? 1L : 0L)],
                    token
                ),
            ct
        );

    /// <summary>A secret of this database, which stays the same; of two that are offered at once, one is kept.</summary>
    /// <param name="name">What it is for.</param>
    /// <param name="offered">The one to keep if there is none yet.</param>
    /// <exception cref="DbException">The database fails.</exception>
    public async Task<string> SecretAsync(string name, string offered, CancellationToken ct)
    {
        await database.WriteAsync(
            (connection, token) =>
                connection.RunAsync(
                    "INSERT INTO secrets (name, value) VALUES (@name, @value) ON CONFLICT (name) DO NOTHING",
                    [("@name", name), ("@value", offered)],
                    token
                ),
            ct
        );
        var rows = await database.ReadAsync(
            (connection, token) =>
                connection.QueryAsync(
                    "SELECT value FROM secrets WHERE name = @name",
                    [("@name", name)],
                    row => row.GetString(0),
                    token
                ),
            ct
        );
        return rows[0];
    }

    /// <summary>Forgets a test; when the database fails, as soon as it works again (<see cref="PruneAsync"/>).</summary>
    public async Task DeleteAsync(string mailbox, CancellationToken ct)
    {
        _late[mailbox] = 0;
        try
        {
            await DeleteLateAsync(ct);
        }
        catch (DbException)
        {
            // Its visitor asked for it to be gone, and it is: nobody can find it any more.
        }
    }

    /// <summary>Forgets the tests that expired before.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public async Task<int> PruneAsync(DateTimeOffset before, CancellationToken ct)
    {
        await DeleteLateAsync(ct);
        return await database.WriteAsync(
            (connection, token) =>
                connection.RunAsync("DELETE FROM sender_tests WHERE expires_at <= @before", [("@before", before)], token),
            ct
        );
    }

    /// <summary>Waits for what can be done later as well: a disk that is full is no reason not to start.</summary>
    public static async Task TryAsync(Task work, CancellationToken ct)
    {
        try
        {
            await work.WaitAsync(ct);
        }
        catch (DbException)
        {
            // The store has said so. Expired tests are looked for every minute, and what a page warns of is known in memory.
        }
    }

    private async Task DeleteLateAsync(CancellationToken ct)
    {
        foreach (var mailbox in _late.Keys)
        {
            await database.WriteAsync(
                (connection, token) =>
                    connection.RunAsync("DELETE FROM sender_tests WHERE mailbox = @mailbox", [("@mailbox", mailbox)], token),
                ct
            );
            _late.TryRemove(mailbox, out _);
        }
    }

    /// <summary>All tests, those opened first before others.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<List<KeptTest>> AllAsync(CancellationToken ct) =>
        database.ReadAsync(
            (connection, token) =>
                connection.QueryAsync(
                    "SELECT mailbox, opened_at, expires_at, place, opener, rounds, shared, misses FROM sender_tests ORDER BY opened_at",
                    [],
                    row => new KeptTest(
                        new TestRow(
                            row.GetString(0),
                            row.Time(1),
                            row.Time(2),
                            row.IsDBNull(3) ? null : (int)row.GetInt64(3),
                            row.IsDBNull(4) ? null : row.GetString(4)
                        ),
                        [.. row.GetString(5).Split(',').Select(Time)],
                        row.GetInt64(6) != 0,
                        row.GetInt64(7) != 0
                    ),
                    token
                ),
            ct
        );

    /// <summary>Keeps what was seen. What belongs to a test that was deleted meanwhile is left out.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public Task<int> KeepAsync(IReadOnlyList<(string Mailbox, int Number, Observation Observation)> seen, CancellationToken ct) =>
        database.WriteAsync(
            async (connection, token) =>
            {
                foreach (var (mailbox, number, observation) in seen)
                    await connection.RunAsync(
                        """
                        INSERT INTO sender_observations (mailbox, number, observation)
                        SELECT @mailbox, @number, @observation WHERE EXISTS (SELECT 1 FROM sender_tests WHERE mailbox = @mailbox)
                        """,
                        [("@mailbox", mailbox), ("@number", (long)number), ("@observation", ObservationText.Of(observation))],
                        token
                    );

                return seen.Count;
            },
            ct
        );

    /// <summary>The number after the last one kept of a test.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public async Task<int> NextNumberAsync(string mailbox, CancellationToken ct)
    {
        var rows = await database.ReadAsync(
            (connection, token) =>
                connection.QueryAsync(
                    "SELECT COALESCE(MAX(number) + 1, 0) FROM sender_observations WHERE mailbox = @mailbox",
                    [("@mailbox", mailbox)],
                    row => (int)row.GetInt64(0),
                    token
                ),
            ct
        );
        return rows[0];
    }

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

    private static string Rounds(IEnumerable<DateTimeOffset> times) =>
        string.Join(',', times.Select(t => t.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)));

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(text, CultureInfo.InvariantCulture));
}

/// <summary>A test as it is kept.</summary>
/// <param name="Test">The test.</param>
/// <param name="Rounds">When each round of messages began.</param>
/// <param name="IsShared">Another one has the same sender.</param>
/// <param name="MissesQuestions">Something of its sender's may have been given to nobody.</param>
public sealed record KeptTest(TestRow Test, IReadOnlyList<DateTimeOffset> Rounds, bool IsShared, bool MissesQuestions);
