using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Postseal.Server.Store;

/// <summary>
/// The server's memory: one SQLite file, or a PostgreSQL database that several nodes share. Plain ADO.NET with one SQL text for both. Opening it
/// brings its tables up to date. Readers never wait for writers: SQLite by its write-ahead log, PostgreSQL by nature.
/// </summary>
public sealed class Database : IAsyncDisposable
{
    /// <summary>The file's name in the data directory.</summary>
    public const string FileName = "postseal.db";

    // A statement here touches a few hundred rows at most. One that takes longer waits for a lock or a dead disk, and a page is waiting too.
    private const int CommandSeconds = 10;

    // Two nodes that meet in one domain meet once; a third time is no accident any more.
    private const int MaxAttempts = 3;

    // A commit survives the end of the process at any instant, and the file is sound after a power cut, which may cost the last commits: checks
    // can be run again. https://www.sqlite.org/pragma.html#pragma_synchronous
    // The log in front of the file is cut to this after it has grown, and sorting takes memory: nothing is written beside the two.
    private const string EachSqliteConnection =
        "PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000; PRAGMA journal_size_limit = 8388608; PRAGMA temp_store = MEMORY;";

    // SQLite moves the log into the file whenever that has 4 MB, and begins it anew when no reader is in the way. Where one always is, it is made to.
    private const long MaxLog = 16 * 1024 * 1024;

    // Changes nothing and needs room on the disk: while the store fails, a success without it may only mean that nothing was to be written.
    private const string Probe = "UPDATE schema_version SET applied_at = applied_at WHERE version = 1";

    private readonly DbDataSource _source;
    private readonly string? _file;
    private StoreAlarm _alarm; // silent until it is open: who opens it is told why not

    // SQLite takes one writer at a time. Who waits here holds no thread; who waits inside of it does.
    private readonly SemaphoreSlim? _writer;

    private Database(DbDataSource source, string? file, TimeProvider clock)
    {
        (_source, _file, _alarm) = (source, file, Silent(clock));
        _writer = file is null ? null : new(1);
    }

    /// <summary>True for a PostgreSQL database, which other nodes may share.</summary>
    public bool IsShared => _file is null;

    /// <summary>Opens the SQLite file in the data directory and tells nobody when it fails later.</summary>
    /// <inheritdoc cref="OpenSqliteAsync(string, TimeProvider, StoreAlarm, CancellationToken)"/>
    public static Task<Database> OpenSqliteAsync(string directory, TimeProvider clock, CancellationToken ct) =>
        OpenSqliteAsync(directory, clock, Silent(clock), ct);

    /// <summary>Opens the SQLite file in the data directory, making it where there is none.</summary>
    /// <param name="directory">The data directory; must exist.</param>
    /// <param name="clock">For the time of migrations.</param>
    /// <param name="alarm">Hears when it fails later.</param>
    /// <exception cref="DatabaseException">It cannot be used.</exception>
    public static async Task<Database> OpenSqliteAsync(
        string directory,
        TimeProvider clock,
        StoreAlarm alarm,
        CancellationToken ct
    )
    {
        if (!Directory.Exists(directory))
            throw new DatabaseException($"the data directory '{directory}' does not exist", null);

        var file = Path.Combine(directory, FileName);
        var database = new Database(SqliteFactory.Instance.CreateDataSource(ConnectionString(file)), file, clock);
        try
        {
            await using (var connection = await database.OpenAsync(ct))
                await connection.RunAsync("PRAGMA journal_mode = WAL", [], ct);

            await Migrations.ApplyAsync(database, clock, ct);
            database._alarm = alarm;
            return database;
        }
        catch (Exception e)
        {
            await database.DisposeAsync();
            throw e is SqliteException fault ? new DatabaseException(Explain(file, fault), fault) : e;
        }
    }

    /// <summary>Opens a PostgreSQL database and tells nobody when it fails later.</summary>
    /// <inheritdoc cref="OpenPostgresAsync(string, TimeProvider, StoreAlarm, CancellationToken)"/>
    public static Task<Database> OpenPostgresAsync(string connectionString, TimeProvider clock, CancellationToken ct) =>
        OpenPostgresAsync(connectionString, clock, Silent(clock), ct);

    /// <summary>Opens a PostgreSQL database.</summary>
    /// <param name="connectionString">As Npgsql takes it: <c>Host=…;Database=…;Username=…</c>.</param>
    /// <param name="clock">For the time of migrations.</param>
    /// <param name="alarm">Hears when it fails later.</param>
    /// <exception cref="DatabaseException">It cannot be used.</exception>
    public static async Task<Database> OpenPostgresAsync(
        string connectionString,
        TimeProvider clock,
        StoreAlarm alarm,
        CancellationToken ct
    )
    {
        var database = new Database(PostgresSource(connectionString), null, clock);
        try
        {
            await Migrations.ApplyAsync(database, clock, ct);
            database._alarm = alarm;
            return database;
        }
        catch (Exception e)
        {
            await database.DisposeAsync();
            throw e is NpgsqlException fault
                ? new DatabaseException($"the PostgreSQL database cannot be used: {fault.Message}", fault)
                : e;
        }
    }

    /// <summary>Reads, in a snapshot of its own for each statement.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public async Task<T> ReadAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken ct)
    {
        try
        {
            await using var connection = await OpenAsync(ct);
            var result = await work(connection, ct);
            _alarm.ReadWorked();
            return result;
        }
        catch (DbException e)
        {
            _alarm.ReadFailed(Reason(e));
            throw;
        }
    }

    /// <summary>Does all of the work in one transaction, or nothing of it. The work may be done again when another node was in the way.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public async Task<T> WriteAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await WriteOnceAsync(work, ct);
            }
            catch (DbException e) when (attempt < MaxAttempts && e.SqlState is "40001" or "40P01")
            {
                // Serialization failure or deadlock: PostgreSQL undid this transaction for another's sake, and asks to try again.
            }
            catch (DbException e)
            {
                _alarm.WriteFailed(Reason(e));
                throw;
            }
        }
    }

    /// <summary>Closes every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        if (_file is not null)
        {
            await using var connection = new SqliteConnection(ConnectionString(_file));
            SqliteConnection.ClearPool(connection);
        }
    }

    private async Task<T> WriteOnceAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken ct)
    {
        if (_writer is not null)
            await _writer.WaitAsync(ct);

        try
        {
            await using var connection = await OpenAsync(ct);
            var isProved = _alarm.WritesFail;
            // SQLite begins IMMEDIATE by this level, so that no reader turns into a writer halfway. PostgreSQL locks rows: see HistoryStore.
            await using var transaction = await connection.BeginTransactionAsync(
                IsShared ? IsolationLevel.ReadCommitted : IsolationLevel.Serializable,
                ct
            );
            var result = await work(connection, ct);
            if (isProved)
                await connection.RunAsync(Probe, [], ct);

            await transaction.CommitAsync(ct);
            if (isProved)
                _alarm.WriteWorked();

            await BoundLogAsync(connection, ct);
            return result;
        }
        finally
        {
            _writer?.Release();
        }
    }

    private async Task BoundLogAsync(DbConnection connection, CancellationToken ct)
    {
        if (_file is null || new FileInfo($"{_file}-wal") is not { Exists: true, Length: > MaxLog })
            return;

        try
        {
            // Readers here take some milliseconds. One that takes longer is not waited for: the next write tries again.
            await connection.RunAsync("PRAGMA busy_timeout = 50; PRAGMA wal_checkpoint(TRUNCATE)", [], ct);
        }
        catch (SqliteException)
        {
            // What was to be written is written. The next one tries again, and hears of it if the disk is full.
        }
    }

    private async Task<DbConnection> OpenAsync(CancellationToken ct)
    {
        var connection = await _source.OpenConnectionAsync(ct);
        if (_file is not null)
            await connection.RunAsync(EachSqliteConnection, [], ct);

        return connection;
    }

    private static string ConnectionString(string file) =>
        new SqliteConnectionStringBuilder
        {
            DataSource = file,
            ForeignKeys = true,
            DefaultTimeout = CommandSeconds,
        }.ToString();

    private static NpgsqlDataSource PostgresSource(string connectionString)
    {
        try
        {
            var builder = new NpgsqlDataSourceBuilder(connectionString);
            if (!builder.ConnectionStringBuilder.ContainsKey("Command Timeout"))
                builder.ConnectionStringBuilder.CommandTimeout = CommandSeconds;

            builder.ConnectionStringBuilder.ApplicationName ??= "postseal-server";
            return builder.Build();
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new DatabaseException($"this is no PostgreSQL connection string: {e.Message}", e); // the message names the keyword, no value
        }
    }

    private static StoreAlarm Silent(TimeProvider clock) => new(null, clock, NullLogger.Instance);

    private string Reason(DbException e) => e is SqliteException fault && _file is not null ? Explain(_file, fault) : e.Message;

    private static string Explain(string file, SqliteException e) =>
        e.SqliteErrorCode switch
        {
            5 or 6 => $"the database '{file}' is locked by another process",
            8 => $"the database '{file}' may not be written to",
            11 or 26 =>
                $"the database '{file}' is damaged or no database ({e.Message}); move it away, or put a backup in its place",
            13 => $"the disk that holds the database '{file}' is full",
            14 => $"the database '{file}' cannot be opened; may this user write there?",
            _ => $"the database '{file}' cannot be used: {e.Message}",
        };
}
