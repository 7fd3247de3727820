using System.Text.RegularExpressions;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Policyd.Status;

/// <summary>Metric names are a contract: docs/policyd-metrics.md names those that the daemon exposes, and no others.</summary>
public sealed partial class MetricsDocTests
{
    [Fact]
    public void Every_exposed_metric_is_documented_and_every_documented_one_is_exposed()
    {
        var exposed = Names("src/Postseal.Cli/Policyd/Status/PolicydMetrics.cs", Literal());
        var documented = Names("docs/policyd-metrics.md", TableRow());

        Assert.NotEmpty(exposed);
        Assert.Equal(exposed, documented);
    }

    [Fact]
    public void Alerts_speak_of_metrics_that_exist()
    {
        var documented = Names("docs/policyd-metrics.md", TableRow());
        Assert.Empty(Names("docs/policyd-metrics.md", Anywhere()).Except(documented));
    }

    private static string[] Names(string file, Regex name) =>
        [
            .. name.Matches(File.ReadAllText(Path.Combine(RepositoryRoot.Path, file)))
                .Select(m => m.Groups[1].Value)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    [GeneratedRegex("\"(postseal_policyd_[a-z_]+)\"")]
    private static partial Regex Literal();

    [GeneratedRegex("^\\| `(postseal_policyd_[a-z_]+)`", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex("(postseal_policyd_[a-z_]+)")]
    private static partial Regex Anywhere();
}
