using System.Data.Common;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>What goes on beside the visitors: what is seen is written down, what has expired is forgotten, and
/// policies get the ids of the day.</summary>
internal sealed class TestKeeper(TestDesk desk, TimeProvider clock, ILogger log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(desk.WatchAsync(stoppingToken), ForgetAsync(stoppingToken));

    private async Task ForgetAsync(CancellationToken ct)
    {
        for (; ; )
        {
            await Task.Delay(Interval, clock, ct);
            desk.Renew();
            try
            {
                await desk.PruneAsync(ct);
            }
            catch (DbException e)
            {
                TestLog.PruneFails(log, e.Message);
            }
        }
    }
}
