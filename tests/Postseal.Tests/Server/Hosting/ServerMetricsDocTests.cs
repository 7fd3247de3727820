using System.Text.RegularExpressions;
using Postseal.Server.Lookups;
using Postseal.Tests.Checks;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Server.Hosting;

/// <summary>Metric names are a contract: docs/server-metrics.md names what <c>/metrics</c> shows.</summary>
public sealed partial class ServerMetricsDocTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Our_metrics_are_those_documented_and_documented_ones_of_the_framework_are_shown()
    {
        await using var bench = await SiteBench.StartAsync(c => c, TimeProvider.System, Ct);
        for (var i = 0; i < 2; i++) // on one connection: the second is answered when the first has been counted
        {
            using var home = await bench.Public.GetAsync("/", Ct);
            await home.Content.ReadAsByteArrayAsync(Ct);
        }

        await CheckAsync(Ct);
        using var response = await bench.Private.GetAsync("/metrics", Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);

        string[] shown = [.. Family().Matches(text).Select(m => m.Groups[1].Value).Distinct()];
        var doc = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "docs/server-metrics.md"), Ct);
        string[] documented = [.. Row().Matches(doc).Select(m => m.Groups[1].Value)];
        Assert.Equal(Ours(shown), Ours(documented));
        Assert.Empty(documented.Except(shown));
        Assert.Empty(
            Anywhere()
                .Matches(doc)
                .Select(m => Suffix().Replace(m.Value, ""))
                .Except(documented.Select(d => Suffix().Replace(d, "")))
        );
    }

    private static string[] Ours(IEnumerable<string> names) =>
        [.. names.Where(n => n.StartsWith("postseal_", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    // The instruments are heard by name, whoever has them.
    private static async Task CheckAsync(CancellationToken ct)
    {
        using var meter = new LookupMeter();
        await using var desk = new LookupDesk(
            (_, _, _) => Task.FromResult(FactsBuilder.Healthy()),
            history: null,
            new(),
            TimeProvider.System,
            meter,
            new LogLines()
        );
        await desk.Ask(FactsBuilder.Domain, anew: false)!.ResultAsync(Ct);
    }

    [GeneratedRegex("^# TYPE ([a-z_]+) ", RegexOptions.Multiline)]
    private static partial Regex Family();

    [GeneratedRegex("^\\| `([a-z_]+)`", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("_(count|sum|bucket)$")]
    private static partial Regex Suffix();

    [GeneratedRegex("(postseal_lookups|postseal_store|http_server|kestrel|dotnet)_[a-z_]+")]
    private static partial Regex Anywhere();
}
