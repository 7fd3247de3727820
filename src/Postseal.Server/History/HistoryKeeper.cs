using System.Data.Common;

namespace Postseal.Server.History;

/// <summary>Forgets what is older than the configuration says, and what is beyond the budget: at the start, and once a day.</summary>
public sealed class HistoryKeeper(HistoryStore history, TimeSpan keep, TimeProvider clock, ILogger log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (; ; )
        {
            await PruneAsync(stoppingToken);
            await Task.Delay(Interval, clock, stoppingToken);
        }
    }

    private async Task PruneAsync(CancellationToken ct)
    {
        try
        {
            var forgotten = await history.PruneAsync(clock.GetUtcNow() - keep, ct);
            if (forgotten > 0)
                HistoryLog.Forgotten(log, forgotten, keep.TotalDays);
            await history.FitAsync(ct);
        }
        catch (DbException e)
        {
            HistoryLog.PruneFails(log, e.Message); // tomorrow is another day
        }
    }
}
