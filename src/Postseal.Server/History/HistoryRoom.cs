using System.Data.Common;
using Postseal.Server.Store;

namespace Postseal.Server.History;

/// <summary>
/// Keeps the history within its budget: before a check is recorded there is room for it. What the database holds is counted once, and again from time
/// to time; in between it is known by what was added here.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="budget">Bytes, as <see cref="Share"/> counts them.</param>
/// <param name="clock">The clock.</param>
/// <param name="meter">Shows what is held and what had to go.</param>
/// <param name="log">Hears of it.</param>
internal sealed class HistoryRoom(Database database, long budget, TimeProvider clock, StoreMeter? meter, ILogger log)
    : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private long _bytes = long.MaxValue; // not counted yet
    private long _countedAt;

    private long Free => budget / HistoryLimits.PartKeptFree;

    /// <summary>Counts what was added, or became less.</summary>
    public void Add(long bytes)
    {
        var held = Interlocked.Add(ref _bytes, bytes);
        meter?.Holds(held);
    }

    /// <summary>Sees to it that there is room. Who comes while it is made waits until it is there.</summary>
    /// <exception cref="DbException">The database fails.</exception>
    public async Task MakeAsync(CancellationToken ct)
    {
        if (IsThere)
            return;

        await _gate.WaitAsync(ct);
        try
        {
            if (!IsThere)
                await MakeOnceAsync(ct);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private bool IsThere =>
        Interlocked.Read(ref _bytes) <= budget - Free
        && clock.GetElapsedTime(Interlocked.Read(ref _countedAt)) < HistoryLimits.CountAgain;

    private async Task MakeOnceAsync(CancellationToken ct)
    {
        var bytes = await database.ReadAsync(Share.OfAllAsync, ct);
        if (bytes > budget - Free)
        {
            var eviction = new Eviction(database);
            await eviction.FreeAsync(bytes - (budget - (2 * Free)), ct);
            HistoryLog.Evicted(log, budget / (1024 * 1024), eviction.Documents, eviction.Domains);
            meter?.Evicted(eviction.Documents, eviction.Domains);
            bytes = await database.ReadAsync(Share.OfAllAsync, ct);
        }

        Interlocked.Exchange(ref _bytes, bytes);
        Interlocked.Exchange(ref _countedAt, clock.GetTimestamp());
        meter?.Holds(bytes);
    }
}
