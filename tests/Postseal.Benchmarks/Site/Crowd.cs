using System.Globalization;
using System.Net;

namespace Postseal.Benchmarks.Site;

/// <summary>Many visitors, each asking as fast as it gets answers; what an answer says about coming again later is not heeded.</summary>
internal static class Crowd
{
    /// <param name="site">Who is asked.</param>
    /// <param name="visitors">How many at a time.</param>
    /// <param name="next">From the number of a visitor and of its turn: from which address it asks for what.</param>
    /// <param name="lasts">Ends it; answers under way are awaited.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<string> RunAsync(
        IPEndPoint site,
        int visitors,
        Func<int, int, (int Address, string Path)> next,
        Task lasts,
        CancellationToken ct
    )
    {
        var tally = new Tally();
        var began = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(
            Enumerable
                .Range(0, visitors)
                .Select(v => Task.Run(() => VisitAsync(site, turn => next(v, turn), tally, lasts, ct), ct))
        );
        var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{tally.Counts}; {(tally.Ok + tally.Refused) / seconds:#,0}/s; 200 in {tally.Times} ms"
        );
    }

    private static async Task VisitAsync(
        IPEndPoint site,
        Func<int, (int Address, string Path)> next,
        Tally tally,
        Task lasts,
        CancellationToken ct
    )
    {
        Visitor? visitor = null;
        var last = -1;
        for (var turn = 0; !lasts.IsCompleted; turn++)
        {
            var (address, path) = next(turn);
            if (address != last)
                visitor?.Dispose();

            visitor = address == last ? visitor! : new(site, Visitor.Address(address));
            last = address;
            tally.Add(await visitor.GetAsync(path, ct));
        }

        visitor?.Dispose();
    }
}
