using System.Data;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Postseal.Protocol;

namespace Postseal.Cli.Policyd.Store;

/// <summary>The SQLite file of the store, opened for writing, for reading alone, or not at all while the disk is at fault. One thread at a time is in it.</summary>
internal sealed class StoreFile : IDisposable
{
    // Deleted in one transaction: short enough that a question that waits for the file does not notice.
    private const int TrimmedAtOnce = 100;

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private SqliteConnection? _connection;
    private volatile bool _isWritable;

    private StoreFile(string path, TimeProvider clock, ILogger log) => (_path, _clock, _log) = (path, clock, log);

    /// <summary>True while it is open for writing, which may fail all the same.</summary>
    public bool IsWritable => _isWritable;

    /// <summary>Bytes on disk, the log beside the file included; 0 for a store in memory.</summary>
    public long SizeBytes => Length(_path) + Length(_path + "-wal");

    /// <summary>Opens the file. Where the disk is at fault, for reading if that can be: a policy in force is not to be forgotten because nothing can be written.</summary>
    /// <param name="why">What is wrong with the disk; null when nothing is.</param>
    /// <exception cref="StoreException">There can be no store at this path, whatever the disk does.</exception>
    public static StoreFile Open(string path, TimeProvider clock, ILogger log, out string? why)
    {
        var file = new StoreFile(path, clock, log);
        try
        {
            file.Reopen();
            why = null;
        }
        catch (StoreException e) when (e.IsOfDisk)
        {
            why = e.Message;
        }
        catch
        {
            file.Dispose();
            throw;
        }

        return file;
    }

    /// <summary>Opens it for writing in place of what is open. A corrupt one is set aside.</summary>
    /// <exception cref="StoreException">It cannot be.</exception>
    public void Reopen()
    {
        lock (_gate)
        {
            _connection?.Dispose(); // what is open for reading holds a lock
            try
            {
                _connection = PolicyDatabase.Open(
                    _path,
                    _clock.GetUtcNow(),
                    (aside, why) => StoreLog.SetAside(_log, _path, aside, why)
                );
                _isWritable = true;
            }
            catch (StoreException)
            {
                _connection = PolicyDatabase.OpenForReading(_path);
                throw;
            }
        }
    }

    /// <summary>Reads rows; none where the file cannot be read, which the log says.</summary>
    public List<T> Read<T>(Func<SqliteConnection, List<T>> rows)
    {
        lock (_gate)
        {
            try
            {
                return _connection is { State: ConnectionState.Open } open ? rows(open) : [];
            }
            catch (Exception e) when (e is SqliteException or InvalidCastException)
            {
                StoreLog.Unreadable(_log, PrintableText.Of(e.Message, 300));
                return [];
            }
        }
    }

    /// <summary>Writes all of it or nothing.</summary>
    /// <exception cref="SqliteException">The disk, or the file: then it is closed and has to be opened anew, which sets it aside.</exception>
    public void Write(IReadOnlyList<StoreWork> batch)
    {
        lock (_gate)
        {
            try
            {
                using var transaction = _connection!.BeginTransaction();
                foreach (var work in batch)
                    work.Run(_connection);

                transaction.Commit();
            }
            catch (SqliteException e) when (PolicyDatabase.IsCorruption(e))
            {
                _connection!.Dispose();
                _isWritable = false;
                throw;
            }
        }
    }

    /// <summary>Deletes the policies that nobody has asked for longest until the rest fits.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="SqliteException">The disk.</exception>
    public long Trim(long maxBytes)
    {
        var deleted = 0L;
        var few = maxBytes;
        while (true)
        {
            lock (_gate)
            {
                if (PolicyDatabase.UsedBytes(_connection!) <= few)
                    return deleted;

                few = maxBytes - (maxBytes / 20); // some more than needed, so that not each policy that comes has one deleted
                using var command = _connection!.CreateCommand();
                command.CommandText =
                    "DELETE FROM policies WHERE domain IN (SELECT domain FROM policies ORDER BY used_at LIMIT $1)";
                command.Parameters.AddWithValue("$1", TrimmedAtOnce);
                var count = command.ExecuteNonQuery();
                if (count == 0)
                    return deleted; // the rest is the journal, which is bounded by itself

                deleted += count;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
            _connection?.Dispose();
    }

    private static long Length(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }
}
