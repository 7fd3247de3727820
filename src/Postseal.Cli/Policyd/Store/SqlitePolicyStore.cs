using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Postseal.Protocol;
using Postseal.Resolver.Sts;

namespace Postseal.Cli.Policyd.Store;

/// <summary>
/// Policies in a SQLite file. One writer takes what has gathered and commits it together, so that a thousand new policies a second cost
/// a few dozen commits. What cannot be written stays in the queue and is tried again; meanwhile the memory serves. A disk that is at fault from the
/// start is taken up as soon as it is well.
/// </summary>
internal sealed class SqlitePolicyStore : IPolicyStore, IAsyncDisposable
{
    // Work waiting for a disk that is full or gone; then the oldest is not kept. The bytes have a bound of their own.
    private const int MaxQueued = 20_000;

    // Enough to make a commit cheap per policy, few enough to keep the wait short.
    private const int MaxBatch = 500;
    private const int MaxBatchBytes = 4 * 1024 * 1024;

    // A policy that is not on disk by then is answered all the same: it is in memory.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    // A failing disk is said at once and then every hour; the metrics count each attempt.
    private const int AttemptsPerLine = 360;

    private readonly Channel<StoreWork> _queue;
    private readonly Channel<StoreReturn> _returns = Channel.CreateBounded<StoreReturn>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest }
    );

    private readonly string _path;
    private readonly StoreLimits _limits;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly StoreFile _file;
    private readonly CancellationTokenSource _abandon = new();
    private readonly Task _writing;
    private long _queuedBytes;
    private long _failures;
    private long _trimmed;
    private volatile bool _isFailing;

    private SqlitePolicyStore(string path, StoreFile file, StoreLimits limits, TimeProvider clock, ILogger log)
    {
        (_path, _file, _limits, _clock, _log) = (path, file, limits, clock, log);
        _isFailing = !file.IsWritable;
        _queue = Channel.CreateBounded<StoreWork>(
            new BoundedChannelOptions(MaxQueued) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest },
            Drop
        );
        _writing = Task.Run(() => WriteAllAsync(_abandon.Token));
    }

    /// <summary>Writes that failed so far; each is tried again.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Policies deleted so far because the store was full.</summary>
    public long Trimmed => Volatile.Read(ref _trimmed);

    /// <summary>False while the disk is at fault: then policies are in memory alone.</summary>
    public bool IsWell => !_isFailing;

    /// <summary>Bytes on disk, the log beside the file included; 0 for a store in memory.</summary>
    public long SizeBytes => _file.SizeBytes;

    /// <summary>Opens the store; a corrupt one is set aside with a loud line in the log. Where the disk is at fault the store begins without it, loudly too.</summary>
    /// <exception cref="StoreException">There can be no store at this path, whatever the disk does.</exception>
    public static SqlitePolicyStore Open(string path, TimeProvider clock, ILogger log, StoreLimits? limits = null)
    {
        var file = StoreFile.Open(path, clock, log, out var why);
        if (why is not null)
            StoreLog.Without(log, PrintableText.Of(why, 500), RetryAfter.TotalSeconds);

        return new(path, file, limits ?? new(), clock, log);
    }

    /// <summary>Waits until the disk was at fault and is well again, so that memory and store have to be brought together.</summary>
    public ValueTask<StoreReturn> ReturnedAsync(CancellationToken ct) => _returns.Reader.ReadAsync(ct);

    /// <inheritdoc/>
    public async IAsyncEnumerable<KeptPolicy> LoadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var (after, isMore) = ("", true);
        while (isMore)
        {
            ct.ThrowIfCancellationRequested();
            var before = after;
            var page = _file.Read(c => PolicyRows.Page(c, ref after, d => StoreLog.RowSkipped(_log, PrintableText.Of(d, 200))));
            foreach (var policy in page)
                yield return policy;

            isMore = after != before;
            await Task.Yield();
        }
    }

    /// <inheritdoc/>
    public Task<KeptPolicy?> FindAsync(DomainName domain, CancellationToken ct) =>
        Task.FromResult(_file.Read(c => PolicyRows.One(c, domain)).FirstOrDefault());

    /// <inheritdoc/>
    public Task<bool> SaveAsync(CachedPolicy policy, CancellationToken ct) => WriteAsync(new StoreWork.Save(policy), ct);

    /// <inheritdoc/>
    public Task RemoveAsync(CachedPolicy policy, CancellationToken ct) => WriteAsync(new StoreWork.Remove(policy), ct);

    /// <inheritdoc/>
    public Task MarkUsedAsync(IReadOnlyList<(DomainName Domain, DateTimeOffset At)> uses, CancellationToken ct) =>
        WriteAsync(new StoreWork.MarkUsed(uses), ct);

    /// <inheritdoc/>
    public Task RecordAsync(PolicyChange change, CancellationToken ct)
    {
        TryQueue(new StoreWork.Record(change)); // nobody waits for the journal: it is for people
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PolicyChange>> ChangesAsync(DomainName domain, int most, CancellationToken ct)
    {
        // Nothing to write: it waits for all that was queued before, so that what has just happened is told. Not on a disk that fails.
        await WriteAsync(new StoreWork.MarkUsed([]), ct);
        return _file.Read(c => PolicyRows.Changes(c, domain, most));
    }

    /// <summary>Writes what is queued, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _abandon.CancelAfter(Patience); // a disk that fails does not hold up the end
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _file.Dispose();
        _abandon.Dispose();
    }

    // True once it is on disk. Nobody waits for a disk that is known to fail.
    private async Task<bool> WriteAsync(StoreWork work, CancellationToken ct)
    {
        if (!TryQueue(work) || _isFailing)
            return false;

        try
        {
            return await work.Written.Task.WaitAsync(Patience, _clock, ct);
        }
        catch (TimeoutException)
        {
            return false; // the writer goes on trying
        }
    }

    private bool TryQueue(StoreWork work)
    {
        if (Interlocked.Add(ref _queuedBytes, work.Weight) <= _limits.MaxQueuedBytes && _queue.Writer.TryWrite(work))
            return true;

        Drop(work);
        return false;
    }

    private void Taken(StoreWork work) => Interlocked.Add(ref _queuedBytes, -work.Weight);

    // What is not kept of policies is written from memory when the disk is well again.
    private void Drop(StoreWork work)
    {
        Taken(work);
        work.Written.TrySetResult(false);
    }

    private async Task WriteAllAsync(CancellationToken ct)
    {
        await OpenAsync(isFirst: true, ct);
        var batch = new List<StoreWork>();
        while (await _queue.Reader.WaitToReadAsync(ct))
        {
            var bytes = 0;
            while (batch.Count < MaxBatch && bytes < MaxBatchBytes && _queue.Reader.TryRead(out var work))
            {
                batch.Add(work);
                bytes += work.Weight;
            }

            var attempt = 0;
            for (; !TryCommit(batch, attempt); attempt++)
            {
                batch.ForEach(w => w.Written.TrySetResult(false));
                await Task.Delay(RetryAfter, _clock, ct);
                await OpenAsync(isFirst: false, ct);
            }

            batch.ForEach(Taken);
            batch.ForEach(w => w.Written.TrySetResult(true));
            batch.Clear();
            if (attempt > 0)
                _returns.Writer.TryWrite(StoreReturn.Written);
        }
    }

    // Until there is a file to write to. What waits to be written says itself that it is.
    private async Task OpenAsync(bool isFirst, CancellationToken ct)
    {
        for (var attempt = 1; !_file.IsWritable; attempt++)
        {
            try
            {
                _file.Reopen();
                if (isFirst)
                    StoreLog.TakenUp(_log, _path);

                _isFailing = false;
                _returns.Writer.TryWrite(StoreReturn.Opened);
                return;
            }
            catch (StoreException e)
            {
                Interlocked.Increment(ref _failures);
                if (attempt % AttemptsPerLine == 0)
                    StoreLog.Without(_log, PrintableText.Of(e.Message, 500), RetryAfter.TotalSeconds);
            }

            await Task.Delay(RetryAfter, _clock, ct);
        }
    }

    private bool TryCommit(List<StoreWork> batch, int attempt)
    {
        try
        {
            _file.Write(batch);
            if (batch.Exists(w => w is StoreWork.Save) && _file.Trim(_limits.MaxBytes) is > 0 and var count)
            {
                Interlocked.Add(ref _trimmed, count);
                StoreLog.Trimmed(_log, _path, _limits.MaxBytes / (1024 * 1024), count);
            }
        }
        catch (SqliteException e)
        {
            Interlocked.Increment(ref _failures);
            _isFailing = true;
            if (attempt % AttemptsPerLine == 0)
                StoreLog.WriteFailed(_log, _path, e.Message, RetryAfter.TotalSeconds);

            return false;
        }

        _isFailing = false;
        if (attempt > 0)
            StoreLog.WrittenAgain(_log, _path);

        return true;
    }
}

/// <summary>How a store came back.</summary>
internal enum StoreReturn
{
    /// <summary>What had to wait is written.</summary>
    Written,

    /// <summary>The file was opened anew: it may hold what memory does not know, or nothing.</summary>
    Opened,
}
