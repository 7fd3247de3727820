using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Postseal.Lab;
using Postseal.Lab.Domains;
using Postseal.SystemTests.Cli;
using Postseal.SystemTests.Servers;

namespace Postseal.SystemTests.Hostile;

/// <summary>What the program itself spends on the worst domains, beside what it spends on the healthy one (docs/limits.md).</summary>
public sealed class WorstDomainCostTests : IAsyncLifetime
{
    // A check of the healthy domain is two handshakes and the start of the program; that of the worst sixty probes. Before there were bounds: 167 s of CPU.
    private const double MaxRatio = 40;

    // The program's own floor: what a fast machine spends on the healthy domain must not make the bar one of milliseconds.
    private static readonly TimeSpan LeastHealthy = TimeSpan.FromMilliseconds(200);

    // Of managed memory, hexadecimal: 96 MB. Who needs more ends with an error.
    private const string HeapLimit = "DOTNET_GCHeapHardLimit=0x6000000";

    private LabInternet? _lab;

    public static TheoryData<string> Domains => new(WorstDomains.All.Select(d => d.Name));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _lab = await LabInternet.StartAsync(
            new(),
            [.. LabDomains.All.Where(d => d.Name is "healthy.lab.test" or "lab.test"), .. WorstDomains.All],
            Ct
        );

    public async ValueTask DisposeAsync()
    {
        if (_lab is not null)
            await _lab.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Domains))]
    public async Task A_check_of_the_worst_domain_costs_a_bounded_multiple_of_the_healthy_one(string domain)
    {
        var healthy = await CheckAsync("healthy.lab.test");
        var worst = await CheckAsync(domain);

        TestContext.Current.TestOutputHelper?.WriteLine($"healthy {healthy}\n{domain} {worst}");
        var bar = MaxRatio * (healthy.Cpu > LeastHealthy ? healthy.Cpu : LeastHealthy);
        Assert.InRange(worst.Cpu, TimeSpan.Zero, bar);
        Assert.InRange(worst.Document, 1, 256 * 1024);
    }

    private async Task<Cost> CheckAsync(string domain)
    {
        string[] check = [.. PostsealProgram.Command, "check", domain, "--json"];
        var settings = _lab!.Environment.Select(e => $"{e.Key}={e.Value}");
        var started = Stopwatch.GetTimestamp();
        var run = await Tool.RunAsync(
            "bash",
            ["-c", "TIMEFORMAT='cpu %U %S'; time env \"$@\"", "bash", HeapLimit, .. settings, .. check],
            Ct
        );
        var elapsed = Stopwatch.GetElapsedTime(started);
        Assert.True(run.ExitCode is 0 or 1 or 3, run.ToString());
        using var document = JsonDocument.Parse(run.Output);
        Assert.Equal(domain, document.RootElement.GetProperty("domain").GetString());
        var times = run.Errors.Split('\n').Last(l => l.StartsWith("cpu ", StringComparison.Ordinal)).Split(' ');
        return new(Seconds(times[1]) + Seconds(times[2]), elapsed, run.Output.Length);
    }

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));

    private sealed record Cost(TimeSpan Cpu, TimeSpan Elapsed, int Document);
}
