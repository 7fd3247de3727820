using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Postseal.Cli.Policyd.Store;

/// <summary>The SQLite file: how it is opened, what is in it, and what happens to one that is corrupt. A handful of statements; synchronous as SQLite is.</summary>
internal static class PolicyDatabase
{
    // Rises with every change of the tables.
    private const int Version = 1;

    private const string Schema = """
        CREATE TABLE policies (
            domain TEXT PRIMARY KEY,
            id TEXT NOT NULL,
            fetched_at INTEGER NOT NULL, -- Unix time in milliseconds, as all times here
            used_at INTEGER NOT NULL,
            text BLOB NOT NULL           -- as served
        ) WITHOUT ROWID;
        CREATE TABLE changes (
            seq INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            domain TEXT NOT NULL,
            from_mode TEXT,
            to_mode TEXT,
            cause TEXT NOT NULL,
            detail TEXT NOT NULL,
            downgrade INTEGER NOT NULL
        );
        CREATE INDEX changes_domain ON changes (domain, seq);
        PRAGMA user_version = 1;
        """;

    /// <summary>Opens the file, making it where there is none. One that is corrupt is set aside: mail matters more than what was in it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="now">For the name of a file set aside.</param>
    /// <param name="setAside">Hears the name that a corrupt file got, and what was wrong with it.</param>
    /// <exception cref="StoreException">There can be no store at this path.</exception>
    public static SqliteConnection Open(string path, DateTimeOffset now, Action<string, string> setAside)
    {
        try
        {
            return OpenSound(path);
        }
        catch (SqliteException e) when (IsCorruption(e))
        {
            var aside = string.Create(CultureInfo.InvariantCulture, $"{path}.corrupt-{now:yyyyMMddHHmmss}");
            try
            {
                SetAside(path, aside);
            }
            catch (Exception move) when (move is IOException or UnauthorizedAccessException)
            {
                throw new StoreException(
                    $"the corrupt policy store '{path}' cannot be moved out of the way: {move.Message}",
                    move
                )
                {
                    IsOfDisk = true,
                };
            }

            setAside(aside, e.Message);
        }

        try
        {
            return OpenSound(path);
        }
        catch (SqliteException e)
        {
            throw new StoreException($"cannot make a new policy store at '{path}': {e.Message}", e) { IsOfDisk = IsOfDisk(e) };
        }
    }

    /// <summary>True when the file itself is at fault: it is no database, or damaged.</summary>
    public static bool IsCorruption(SqliteException e) => e.SqliteErrorCode is 11 or 26; // SQLITE_CORRUPT, SQLITE_NOTADB

    /// <summary>Opens the file for reading alone, as it is on a disk that takes no writing; null where even that cannot be.</summary>
    public static SqliteConnection? OpenForReading(string path)
    {
        if (!File.Exists(path))
            return null;

        // Without a lock and without files beside it, where SQLite cannot make any: what stands only in the log beside the file is not seen then.
        var name = Uri.EscapeDataString(Path.GetFullPath(path)).Replace("%2F", "/", StringComparison.Ordinal);
        return TryRead(path) ?? TryRead($"file:{name}?immutable=1");
    }

    private static SqliteConnection? TryRead(string source)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = source,
                Mode = SqliteOpenMode.ReadOnly,
                Pooling = false,
            }.ToString()
        );
        try
        {
            connection.Open();
            Run(connection, "PRAGMA locking_mode = EXCLUSIVE");
            if (
                Number(connection, "PRAGMA user_version") == Version
                && Number(connection, "SELECT count(*) FROM policies LIMIT 1") >= 0
            )
                return connection;
        }
        catch (SqliteException)
        {
            // Damaged, or not readable either: the daemon begins with nothing, and has said so.
        }

        connection.Dispose();
        return null;
    }

    /// <summary>Bytes in use, free pages of the file not counted.</summary>
    public static long UsedBytes(SqliteConnection connection) =>
        (Number(connection, "PRAGMA page_count") - Number(connection, "PRAGMA freelist_count"))
        * Number(connection, "PRAGMA page_size");

    /// <summary>Moves a corrupt file and what belongs to it out of the way. Only the newest such file is kept: each may be as large as the store.</summary>
    public static void SetAside(string path, string aside)
    {
        foreach (
            var older in Directory.GetFiles(Path.GetDirectoryName(Path.GetFullPath(path))!, $"{Path.GetFileName(path)}.corrupt-*")
        )
            File.Delete(older);

        File.Move(path, aside, overwrite: true);
        foreach (var companion in (string[])["-wal", "-shm", "-journal"])
        {
            if (File.Exists(path + companion))
                File.Move(path + companion, aside + companion, overwrite: true);
        }
    }

    private static SqliteConnection OpenSound(string path)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(directory))
            throw new StoreException($"the directory '{directory}' of the policy store does not exist") { IsOfDisk = true };

        // No pooling: the connection lives as long as the daemon, and its lock must end with it.
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Pooling = false,
                DefaultTimeout = 1, // seconds; who holds the lock holds it for good
            }.ToString()
        );
        try
        {
            connection.Open();
            // SQLite falls back to reading by itself, and would say so only when a policy is to be written.
            if (SQLitePCL.raw.sqlite3_db_readonly(connection.Handle, "main") == 1)
                throw new StoreException($"the policy store '{path}' may not be written to") { IsOfDisk = true };

            Prepare(connection);
            return connection;
        }
        catch (SqliteException e) when (!IsCorruption(e))
        {
            connection.Dispose();
            throw new StoreException(Explain(path, e), e) { IsOfDisk = IsOfDisk(e) };
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Prepare(SqliteConnection connection)
    {
        // One daemon, one store: the lock is held for good, which also spares the shared-memory file.
        Run(
            connection,
            "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 16777216; "
                + "BEGIN IMMEDIATE; COMMIT;"
        );
        if (Scalar(connection, "PRAGMA quick_check(1)") is not "ok" and var fault)
            throw new SqliteException($"{fault}", 11);

        switch (Convert.ToInt32(Scalar(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture))
        {
            case 0:
                Run(connection, $"BEGIN; {Schema} COMMIT;");
                break;
            case Version:
                break;
            case var other:
                throw new StoreException($"the policy store was written by a newer postseal (version {other} of its tables)");
        }
    }

    // SQLITE_PERM, SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN.
    private static bool IsOfDisk(SqliteException e) => e.SqliteErrorCode is 3 or 8 or 10 or 13 or 14;

    private static long Number(SqliteConnection connection, string sql) =>
        Convert.ToInt64(Scalar(connection, sql), CultureInfo.InvariantCulture);

    private static string Explain(string path, SqliteException e) =>
        e.SqliteErrorCode switch
        {
            5 or 6 => $"the policy store '{path}' is in use by another process",
            13 => $"the disk of the policy store '{path}' is full",
            8 => $"the policy store '{path}' may not be written to",
            14 => $"the policy store '{path}' cannot be opened: see that this user may write there",
            _ => $"the policy store '{path}' cannot be used: {e.Message}",
        };

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
