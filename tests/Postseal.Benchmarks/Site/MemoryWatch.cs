using System.Globalization;

namespace Postseal.Benchmarks.Site;

/// <summary>Resident memory of a server before, at most and after.</summary>
internal static class MemoryWatch
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <summary>Watches until the work is done, and once more after a pause.</summary>
    public static async Task<string> DuringAsync(ServerProcess server, Func<Task> work, CancellationToken ct)
    {
        var before = server.ResidentMegabytes;
        var most = before;
        var working = work();
        while (!working.IsCompleted)
        {
            most = Math.Max(most, server.ResidentMegabytes);
            await Task.Delay(Every, TimeProvider.System, ct);
        }

        await working;
        await Task.Delay(Pause, TimeProvider.System, ct);
        return string.Create(CultureInfo.InvariantCulture, $"{before:0} / {most:0} / {server.ResidentMegabytes:0}");
    }
}
