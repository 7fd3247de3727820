using System.Globalization;

namespace Postseal.Benchmarks.Site;

/// <summary>Resident memory of a server before, at most in the first half and in the whole time, and after a pause: what grows with time shows itself.</summary>
internal static class MemoryWatch
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <summary>Watches until the work is done, and once more after a pause.</summary>
    public static async Task<string> DuringAsync(ServerProcess server, TimeSpan time, Func<Task> work, CancellationToken ct)
    {
        var began = TimeProvider.System.GetTimestamp();
        var before = server.ResidentMegabytes;
        var (half, most) = (before, before);
        var working = work();
        while (!working.IsCompleted)
        {
            most = Math.Max(most, server.ResidentMegabytes);
            if (TimeProvider.System.GetElapsedTime(began) < time / 2)
                half = most;

            await Task.Delay(Every, TimeProvider.System, ct);
        }

        await working;
        await Task.Delay(Pause, TimeProvider.System, ct);
        return string.Create(CultureInfo.InvariantCulture, $"{before:0} / {half:0} / {most:0} / {server.ResidentMegabytes:0}");
    }
}
