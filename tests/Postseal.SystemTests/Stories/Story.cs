using Postseal.SystemTests.Cli;
using Postseal.SystemTests.Servers;
using Postseal.SystemTests.Sites;

namespace Postseal.SystemTests.Stories;

/// <summary>One domain with one fault, and what <c>postseal check</c> must say of it. <c>@</c> stands for the domain.</summary>
/// <param name="Site">The domain.</param>
public sealed record Story(Site Site)
{
    /// <summary>Both answers, as <c>mail ok, protection off</c>.</summary>
    public required string Verdict { get; init; }

    /// <summary>Every finding of level <c>breaks</c> or <c>off</c>, as <c>off host-tls-expired mta-sts.@</c>: one root cause, one accusation.</summary>
    public IReadOnlyList<string> Accuses { get; init; } = [];

    /// <summary>Findings that must be there beside them, in the same form.</summary>
    public IReadOnlyList<string> Shows { get; init; } = [];

    /// <summary>The decision on each MX host, as <c>refused mx1.@</c>.</summary>
    public IReadOnlyList<string> Decides { get; init; } = [];

    /// <summary>The exit code.</summary>
    public int Exit { get; init; }

    /// <summary>Names for a theory: each story is a test case of its own.</summary>
    public static TheoryData<string> NamesOf(IEnumerable<Story> stories) => [.. stories.Select(s => s.Site.Name)];

    /// <summary>Runs the check and holds it against the story.</summary>
    public async Task<CheckReport> TellAsync(RealInternet internet, CancellationToken ct)
    {
        var (exitCode, report) = await internet.CheckAsync(Site, ct);

        Assert.Equal("postseal.check/1", report.Schema);
        Assert.Equal(Site.Domain, report.Domain);
        Assert.Equal(Verdict, report.VerdictLine);
        Assert.Equal(Named(Accuses), report.Accusations);
        Assert.Equal(Named(Decides), report.Decisions);
        Assert.All(Named(Shows), line => Assert.Contains(line, report.Lines));
        Assert.Equal(Exit, exitCode);
        return report;
    }

    private IEnumerable<string> Named(IEnumerable<string> lines) =>
        lines.Select(line => line.Replace("@", Site.Domain, StringComparison.Ordinal));
}
