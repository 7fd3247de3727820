using System.Net;

namespace Postseal.Benchmarks.Site;

/// <summary>Asks for one page every 50 ms whether or not the last answer is there; an answer that is late is so from when it was due.</summary>
internal static class Probe
{
    // From so many addresses by turns, or the probe would meet the limit of requests for one client.
    private const int Visitors = 40;
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(50);

    /// <param name="site">Who is asked.</param>
    /// <param name="firstAddress">Number of the first of its addresses.</param>
    /// <param name="path">What for.</param>
    /// <param name="lasts">Ends the probing; answers under way are awaited.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<Tally> RunAsync(IPEndPoint site, int firstAddress, string path, Task lasts, CancellationToken ct)
    {
        var tally = new Tally();
        var visitors = Enumerable.Range(firstAddress, Visitors).Select(n => new Visitor(site, Visitor.Address(n))).ToArray();
        var busy = new Task[Visitors];
        Array.Fill(busy, Task.CompletedTask);
        using var timer = new PeriodicTimer(Every, TimeProvider.System);
        for (var i = 0; !lasts.IsCompleted && await timer.WaitForNextTickAsync(ct); i = (i + 1) % Visitors)
            busy[i] = AskAsync(busy[i], visitors[i], path, tally, TimeProvider.System.GetTimestamp(), ct);

        await Task.WhenAll(busy);
        foreach (var visitor in visitors)
            visitor.Dispose();

        return tally;
    }

    private static async Task AskAsync(Task before, Visitor visitor, string path, Tally tally, long due, CancellationToken ct)
    {
        await before;
        tally.Add(await visitor.GetAsync(path, due, ct));
    }
}
