using System.Data;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Postseal.Protocol;
using Postseal.Resolver.Sts;

namespace Postseal.Cli.Policyd.Store;

/// <summary>
/// Policies in a SQLite file. One writer takes what has gathered and commits it together, so that a thousand new policies a second cost
/// a few dozen commits. What cannot be written stays in the queue and is tried again; meanwhile the memory serves.
/// </summary>
internal sealed class SqlitePolicyStore : IPolicyStore, IAsyncDisposable
{
    // Work waiting for a disk that is full or gone: about 10 MB, then the oldest is not kept.
    private const int MaxQueued = 20_000;

    // Enough to make a commit cheap per policy, few enough to keep the wait short.
    private const int MaxBatch = 500;

    // A policy that is not on disk by then is answered all the same: it is in memory.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    // A failing disk is said at once and then every hour; the metrics count each attempt.
    private const int AttemptsPerLine = 360;

    private readonly Channel<StoreWork> _queue = Channel.CreateBounded<StoreWork>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest }
    );

    private readonly string _path;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Lock _gate = new(); // of the connection
    private readonly CancellationTokenSource _abandon = new();
    private readonly Task _writing;
    private SqliteConnection _connection;
    private long _failures;
    private volatile bool _isFailing;

    private SqlitePolicyStore(string path, SqliteConnection connection, TimeProvider clock, ILogger log)
    {
        (_path, _connection, _clock, _log) = (path, connection, clock, log);
        _writing = Task.Run(() => WriteAllAsync(_abandon.Token));
    }

    /// <summary>Writes that failed so far; each is tried again.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Bytes on disk, the log beside the file included; 0 for a store in memory.</summary>
    public long SizeBytes => Length(_path) + Length(_path + "-wal");

    /// <summary>Opens the store; a corrupt one is set aside with a loud line in the log.</summary>
    /// <exception cref="StoreException">There can be no store at this path.</exception>
    public static SqlitePolicyStore Open(string path, TimeProvider clock, ILogger log) =>
        new(path, OpenDatabase(path, clock, log), clock, log);

    /// <inheritdoc/>
    public Task<IReadOnlyList<KeptPolicy>> LoadAsync(CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<KeptPolicy>>(
            Read(c => PolicyRows.Policies(c, domain => StoreLog.RowSkipped(_log, PrintableText.Of(domain, 200))))
        );

    /// <inheritdoc/>
    public Task SaveAsync(CachedPolicy policy, CancellationToken ct) => WriteAsync(new StoreWork.Save(policy), ct);

    /// <inheritdoc/>
    public Task RemoveAsync(CachedPolicy policy, CancellationToken ct) => WriteAsync(new StoreWork.Remove(policy), ct);

    /// <inheritdoc/>
    public Task MarkUsedAsync(IReadOnlyList<(DomainName Domain, DateTimeOffset At)> uses, CancellationToken ct) =>
        WriteAsync(new StoreWork.MarkUsed(uses), ct);

    /// <inheritdoc/>
    public Task RecordAsync(PolicyChange change, CancellationToken ct)
    {
        // Nobody waits for the journal: it is for people.
        _queue.Writer.TryWrite(new StoreWork.Record(change));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PolicyChange>> ChangesAsync(DomainName domain, int most, CancellationToken ct)
    {
        // Nothing to write: it waits for all that was queued before, so that what has just happened is told. Not on a disk that fails.
        if (!_isFailing)
            await WriteAsync(new StoreWork.MarkUsed([]), ct);

        return Read(c => PolicyRows.Changes(c, domain, most));
    }

    /// <summary>Writes what is queued, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _abandon.CancelAfter(Patience); // a disk that fails does not hold up the end
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
            _connection.Dispose();

        _abandon.Dispose();
    }

    private static SqliteConnection OpenDatabase(string path, TimeProvider clock, ILogger log) =>
        PolicyDatabase.Open(path, clock.GetUtcNow(), (aside, why) => StoreLog.SetAside(log, path, aside, why));

    private static long Length(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }

    private List<T> Read<T>(Func<SqliteConnection, List<T>> rows)
    {
        lock (_gate)
        {
            try
            {
                // Closed is one that was damaged and could not be opened anew yet: the writer has said so.
                return _connection.State == ConnectionState.Open ? rows(_connection) : [];
            }
            catch (Exception e) when (e is SqliteException or InvalidCastException)
            {
                StoreLog.Unreadable(_log, e.Message);
                return [];
            }
        }
    }

    private async Task WriteAsync(StoreWork work, CancellationToken ct)
    {
        if (!_queue.Writer.TryWrite(work))
            return;

        try
        {
            await work.Written.Task.WaitAsync(Patience, _clock, ct);
        }
        catch (TimeoutException)
        {
            // The writer has said why, and goes on trying.
        }
    }

    private async Task WriteAllAsync(CancellationToken ct)
    {
        var batch = new List<StoreWork>();
        while (await _queue.Reader.WaitToReadAsync(ct))
        {
            while (batch.Count < MaxBatch && _queue.Reader.TryRead(out var work))
                batch.Add(work);

            for (var attempt = 0; !TryCommit(batch, attempt); attempt++)
                await Task.Delay(RetryAfter, _clock, ct);

            batch.ForEach(w => w.Written.TrySetResult());
            batch.Clear();
        }
    }

    private bool TryCommit(List<StoreWork> batch, int attempt)
    {
        lock (_gate)
        {
            try
            {
                if (_connection.State != ConnectionState.Open)
                    _connection = OpenDatabase(_path, _clock, _log);

                using var transaction = _connection.BeginTransaction();
                batch.ForEach(w => w.Run(_connection));
                transaction.Commit();
            }
            catch (Exception e) when (e is SqliteException or StoreException)
            {
                Interlocked.Increment(ref _failures);
                _isFailing = true;
                if (attempt % AttemptsPerLine == 0)
                    StoreLog.WriteFailed(_log, _path, e.Message, RetryAfter.TotalSeconds);

                // Damaged while running: the next attempt opens it anew, which sets it aside. The memory has all policies, and each is
                // written again when it is refreshed within a day.
                if (e is SqliteException sqlite && PolicyDatabase.IsCorruption(sqlite))
                    _connection.Dispose();

                return false;
            }
        }

        _isFailing = false;
        if (attempt > 0)
            StoreLog.WrittenAgain(_log, _path);

        return true;
    }
}
