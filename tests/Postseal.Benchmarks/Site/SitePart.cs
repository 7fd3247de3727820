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

    private const int Visitors = 200;
    private const int Many = 400; // more than may run and wait
    private const int Domains = 50;
    private const int Probes = 3_000_000; // addresses that nobody else has
    private static readonly TimeSpan CrowdTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FloodTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongTime = TimeSpan.FromSeconds(60);

    // Their checks take from ten seconds to a minute, and in the end every visitor would do nothing but wait for one of them.
    private static readonly string[] Slow = ["http-timeout", "smtp-slow-greet"];
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    /// <summary>Whether there is a server to measure.</summary>
    public static bool IsBuilt => SitePlace.IsBuilt;

    public async Task WriteAsync(CancellationToken ct)
    {
        await using var place = await SitePlace.StartAsync(folder, ct);
        await new KeptPageRows(place, folder, NoLimits).WriteAsync(ct);
        Console.WriteLine();
        Console.WriteLine(
            "| what | it answered | /healthz every 50 ms, p50/p99/max | a kept page every 50 ms, p50/p99/max | memory before / most in the first half / most / after, MB |"
        );
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        await SiteAsync(place, "nothing else", "", IdleTime, (_, _, _) => Task.FromResult(""), ct);
        await SiteAsync(place, $"{Visitors} visitors asking for {Domains} domains", "", CrowdTime, CrowdAsync, ct);
        await SiteAsync(place, $"{Visitors} visitors, each asking for new domains", "", FloodTime, NewDomainsAsync, ct);
        var (bare, address) = await place.ServeBareAsync(Path.Combine(folder, KeptPageRows.File), ct);
        await using (bare)
            await RowAsync(bare, address, "for comparison: the same on bare Kestrel", FloodTime, NewDomainsAsync, ct);

        const string moving = "a new address and a new domain each time";
        await SiteAsync(place, $"{Visitors} visitors, {moving}", "", LongTime, NewAddressesAsync(Visitors), ct);
        await SiteAsync(
            place,
            $"{Many} visitors, {moving}, no limit but the queue",
            NoLimits,
            LongTime,
            NewAddressesAsync(Many),
            ct
        );
        await SiteAsync(place, $"{SlowReaders.Count} readers, slow or still", "", CrowdTime, SlowReaders.RunAsync, ct);
    }

    private static async Task SiteAsync(
        SitePlace place,
        string what,
        string web,
        TimeSpan time,
        Func<IPEndPoint, Task, CancellationToken, Task<string>> load,
        CancellationToken ct
    )
    {
        var (server, site) = await place.ServeAsync(web, ct);
        await using (server)
            await RowAsync(server, site, what, time, load, ct);
    }

    private static async Task RowAsync(
        ServerProcess server,
        IPEndPoint site,
        string what,
        TimeSpan time,
        Func<IPEndPoint, Task, CancellationToken, Task<string>> load,
        CancellationToken ct
    )
    {
        await Console.Error.WriteLineAsync($"site: {what}");
        using (var first = new Visitor(site, Visitor.Address(Probes)))
            await first.GetAsync(KeptPage, ct);

        var happened = "";
        Tally health = new(),
            kept = new();
        var memory = await MemoryWatch.DuringAsync(
            server,
            time,
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

    private static Task<string> CrowdAsync(IPEndPoint site, Task lasts, CancellationToken ct)
    {
        string[] names = [.. LabDomains.All.Select(d => d.Name).Where(n => !Slow.Contains(n.Split('.')[0])).Take(Domains)];
        return Crowd.RunAsync(
            site,
            Visitors,
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
        Crowd.RunAsync(site, Visitors, (visitor, turn) => (visitor, New(visitor, turn)), lasts, ct);

    private static Func<IPEndPoint, Task, CancellationToken, Task<string>> NewAddressesAsync(int visitors) =>
        (site, lasts, ct) =>
            Crowd.RunAsync(site, visitors, (visitor, turn) => ((turn * visitors) + visitor, New(visitor, turn)), lasts, ct);

    private static string New(int visitor, int turn) => $"{(turn % 2 == 0 ? "" : "/api/v1")}/check/v{visitor}-{turn}.lab.test";

    private static string Told(Tally tally) =>
        tally.Wrong.Length + tally.Refused > 0 ? $"{tally.Times} ms; {tally.Counts}" : $"{tally.Times} ms";
}
