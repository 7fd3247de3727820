using System.Globalization;
using System.Net;
using Postseal.Lab.Domains;

namespace Postseal.Benchmarks.Site;

/// <summary>The lookup site under load, each part on a server that has just started: many visitors, the page of a kept result, floods, and
/// readers that do not read.</summary>
internal sealed class SitePart(string folder)
{
    /// <summary>A healthy domain of the lab: its page is the one measured.</summary>
    public const string KeptPage = "/check/healthy.lab.test";

    /// <summary>Limits out of the way, for what they would hide.</summary>
    private const string NoLimits = """
        checks-per-minute = 1000000
        requests-per-minute = 1000000
        checks-per-minute-total = 1000000
        """;

    private const int Crowd = 200;
    private const int Domains = 50;
    private const int Probes = 3_000_000; // addresses that nobody else has
    private static readonly TimeSpan CrowdTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FloodTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    /// <summary>Whether there is a server to measure.</summary>
    public static bool IsBuilt => SitePlace.IsBuilt;

    public async Task WriteAsync(CancellationToken ct)
    {
        await using var place = await SitePlace.StartAsync(folder, ct);
        await new KeptPageRows(place, folder, NoLimits).WriteAsync(ct);
        Console.WriteLine();
        Console.WriteLine(
            "| the site beside | what it answered | /healthz every 50 ms, p50/p99/max | a kept page every 50 ms, p50/p99/max | memory before / most / after, MB |"
        );
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        await RowAsync(place, "nothing else", "", IdleTime, (_, _, token) => Task.FromResult(""), ct);
        await RowAsync(place, $"{Crowd} visitors asking for {Domains} domains", "", CrowdTime, CrowdAsync, ct);
        await RowAsync(place, $"{Crowd} visitors, each asking for new domains", "", FloodTime, NewDomainsAsync, ct);
        await RowAsync(place, $"{Crowd} visitors, a new address and a new domain each time", "", FloodTime, NewAddressesAsync, ct);
        await RowAsync(place, "the same with no limits but the queue", NoLimits, FloodTime, NewAddressesAsync, ct);
        await RowAsync(place, $"{SlowReaders.Count} readers that read slowly or not at all", "", CrowdTime, SlowReaders.RunAsync, ct);
    }

    private static async Task RowAsync(
        SitePlace place,
        string what,
        string web,
        TimeSpan time,
        Func<IPEndPoint, Task, CancellationToken, Task<string>> load,
        CancellationToken ct
    )
    {
        await Console.Error.WriteLineAsync($"site: {what}");
        var (server, site) = await place.ServeAsync(web, ct);
        await using var owned = server;
        using (var first = new Visitor(site, Visitor.Address(Probes)))
            await first.GetAsync(KeptPage, ct);

        var happened = "";
        Tally health = new(),
            kept = new();
        var memory = await MemoryWatch.DuringAsync(
            server,
            async () =>
            {
                var lasts = Task.Delay(time, TimeProvider.System, ct);
                var probing = Probe.RunAsync(site, Probes + 100, "/healthz", lasts, ct);
                var reading = Probe.RunAsync(site, Probes + 200, KeptPage, lasts, ct);
                happened = await load(site, lasts, ct);
                (health, kept) = (await probing, await reading);
            },
            ct
        );
        Console.WriteLine($"| {what} | {happened} | {Told(health)} | {Told(kept)} | {memory} |");
    }

    private static async Task<string> CrowdAsync(IPEndPoint site, Task lasts, CancellationToken ct)
    {
        string[] names = [.. LabDomains.All.Take(Domains).Select(d => d.Name)];
        return await ManyAsync(
            site,
            (visitor, turn) =>
            {
                var name = names[((visitor * 7) + (turn * 13)) % Domains];
                return (visitor, turn % 3 == 2 ? $"/api/v1/check/{name}" : $"/check/{name}");
            },
            lasts,
            ct
        );
    }

    private static Task<string> NewDomainsAsync(IPEndPoint site, Task lasts, CancellationToken ct) =>
        ManyAsync(site, (visitor, turn) => (visitor, New($"v{visitor}-{turn}", turn)), lasts, ct);

    private static Task<string> NewAddressesAsync(IPEndPoint site, Task lasts, CancellationToken ct) =>
        ManyAsync(site, (visitor, turn) => ((turn * Crowd) + visitor, New($"v{visitor}-{turn}", turn)), lasts, ct);

    private static string New(string label, int turn) => turn % 2 == 0 ? $"/check/{label}.lab.test" : $"/api/v1/check/{label}.lab.test";

    // Each asks as fast as it gets answers; what an answer says about coming again later is not heeded.
    private static async Task<string> ManyAsync(
        IPEndPoint site,
        Func<int, int, (int Address, string Path)> next,
        Task lasts,
        CancellationToken ct
    )
    {
        var tally = new Tally();
        var began = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Crowd).Select(v => Task.Run(() => VisitAsync(site, v, next, tally, lasts, ct), ct)));
        var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{tally.Counts}; {(tally.Ok + tally.Refused) / seconds:#,0}/s; 200 in {tally.Times} ms"
        );
    }

    private static async Task VisitAsync(
        IPEndPoint site,
        int number,
        Func<int, int, (int Address, string Path)> next,
        Tally tally,
        Task lasts,
        CancellationToken ct
    )
    {
        Visitor? visitor = null;
        var last = -1;
        for (var turn = 0; !lasts.IsCompleted; turn++)
        {
            var (address, path) = next(number, turn);
            if (address != last)
                visitor?.Dispose();

            visitor = address == last ? visitor! : new(site, Visitor.Address(address));
            last = address;
            tally.Add(await visitor.GetAsync(path, ct));
        }

        visitor?.Dispose();
    }

    private static string Told(Tally tally) =>
        tally.Wrong.Length + tally.Refused > 0 ? $"{tally.Times} ms; {tally.Counts}" : $"{tally.Times} ms";
}
