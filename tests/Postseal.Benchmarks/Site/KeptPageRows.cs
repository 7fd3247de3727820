using System.Globalization;
using System.Net;

namespace Postseal.Benchmarks.Site;

/// <summary>The page of a kept result beside a bare Kestrel that sends the same bytes, in turns.</summary>
internal sealed class KeptPageRows(SitePlace place, string folder, string web)
{
    /// <summary>Where the page is left for others to serve.</summary>
    public const string File = "page.html";

    private const int Rounds = 3;
    private static readonly int[] Connections = [1, 10, 100];
    private static readonly TimeSpan Warming = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(4);

    public async Task WriteAsync(CancellationToken ct)
    {
        await Console.Error.WriteLineAsync("site: page of a kept result");
        var (server, site) = await place.ServeAsync($"{web}\nkeep-minutes = 60", ct);
        await using var ownedServer = server;
        var file = Path.Combine(folder, File);
        var size = await SaveAsync(site, file, ct);
        var (bare, bareSite) = await place.ServeBareAsync(file, ct);
        await using var ownedBare = bare;
        foreach (var (process, address) in ((ServerProcess, IPEndPoint)[])[(server, site), (bare, bareSite)])
            await RoundAsync(process, address, 10, Warming, ct);

        Console.WriteLine();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| page of a kept result ({size / 1024.0:0} KB), pages/s (p50/p99) | bare Kestrel | postseal-server | beside it | CPU per page, ms |"
            )
        );
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        foreach (var connections in Connections)
        {
            var (theirs, ours) = (new List<Round>(), new List<Round>());
            for (var round = 0; round < Rounds; round++)
            {
                theirs.Add(await RoundAsync(bare, bareSite, connections, Time, ct));
                ours.Add(await RoundAsync(server, site, connections, Time, ct));
            }

            Write(connections, Median(theirs), Median(ours), string.Concat(theirs.Concat(ours).Select(r => r.Wrong)));
        }
    }

    private static async Task<int> SaveAsync(IPEndPoint site, string file, CancellationToken ct)
    {
        using var visitor = new Visitor(site, Visitor.Address(0));
        await visitor.GetAsync(SitePart.KeptPage, ct); // the check
        var answer = await visitor.GetAsync(SitePart.KeptPage, ct);
        var text = visitor.Text(answer.Bytes);
        await System.IO.File.WriteAllTextAsync(file, text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..], ct);
        return answer.Bytes;
    }

    private static async Task<Round> RoundAsync(
        ServerProcess server,
        IPEndPoint site,
        int connections,
        TimeSpan time,
        CancellationToken ct
    )
    {
        var tally = new Tally();
        var (began, cpu) = (TimeProvider.System.GetTimestamp(), server.CpuTime);
        var lasts = Task.Delay(time, TimeProvider.System, ct);
        await Task.WhenAll(
            Enumerable.Range(0, connections).Select(n => Task.Run(() => ReadAsync(site, n, tally, lasts, ct), ct))
        );
        var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        return new(
            tally.Ok / seconds,
            tally.Percentile(0.5),
            tally.Percentile(0.99),
            (server.CpuTime - cpu).TotalMilliseconds / tally.Ok,
            tally.Refused + tally.Wrong.Length > 0 ? tally.Counts : ""
        );
    }

    private static async Task ReadAsync(IPEndPoint site, int number, Tally tally, Task lasts, CancellationToken ct)
    {
        using var visitor = new Visitor(site, Visitor.Address(number));
        while (!lasts.IsCompleted)
            tally.Add(await visitor.GetAsync(SitePart.KeptPage, ct));
    }

    private static Round Median(List<Round> rounds) => rounds.OrderBy(r => r.PerSecond).ElementAt(rounds.Count / 2);

    private static void Write(int connections, Round bare, Round ours, string wrong) =>
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {connections} connections | {bare.Text} | {ours.Text} | {ours.PerSecond / bare.PerSecond:0.00}, p99 {ours.P99 / bare.P99:0.00}× | {bare.Cpu:0.00}, {ours.Cpu:0.00} {wrong} |"
            )
        );

    private sealed record Round(double PerSecond, double P50, double P99, double Cpu, string Wrong)
    {
        public string Text => string.Create(CultureInfo.InvariantCulture, $"{PerSecond:#,0} ({P50:0.00}/{P99:0.00} ms)");
    }
}
