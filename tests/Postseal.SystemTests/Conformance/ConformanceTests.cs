using Postseal.SystemTests.Servers;
using Postseal.Tests.Fakes;

namespace Postseal.SystemTests.Conformance;

/// <summary>Runs every sender once, side by side: they wait most of the time, each in a network of its own.</summary>
public sealed class ConformanceRuns : IAsyncLifetime
{
    private static readonly SenderSetup[] Senders =
    [
        PostfixSetups.Alone,
        PostfixSetups.WithDane,
        PostfixSetups.WithPolicyd,
        PostfixSetups.NewWithPolicyd,
        PostfixSetups.WithResolver,
        OtherSetups.Chasquid,
        OtherSetups.Exim,
    ];

    // By hand: POSTSEAL_SENDER=Exim and -method '*Exim*'.
    private static IEnumerable<SenderSetup> Wanted =>
        Environment.GetEnvironmentVariable("POSTSEAL_SENDER") is { } name ? Senders.Where(s => s.Name == name) : Senders;

    private string? _missing;
    private Dictionary<SenderSetup, Task<ConformanceRun>> _runs = [];

    /// <summary>All of them, in the order of the page.</summary>
    internal Task<ConformanceRun[]> AllAsync(CancellationToken ct) => Task.WhenAll(Wanted.Select(s => OfAsync(s, ct)));

    /// <summary>One of them.</summary>
    internal async Task<ConformanceRun> OfAsync(SenderSetup sender, CancellationToken ct)
    {
        Peers.Demand(_missing);
        var run = await _runs[sender].WaitAsync(ct);
        // The runner prints this for a failed test only.
        TestContext.Current.TestOutputHelper?.WriteLine(run.Log);
        return run;
    }

    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        _missing = await Peers.MissingForSendingAsync(ct);
        if (_missing is null)
            _runs = Wanted.ToDictionary(s => s, s => ConformanceRun.RunAsync(s, ct));
    }

    public async ValueTask DisposeAsync()
    {
        // A run that failed has told its test so.
        foreach (var run in _runs.Values)
            await run.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }
}

/// <summary>What real senders make of every case. docs/conformance.md comes from here.</summary>
public sealed class ConformanceTests(ConformanceRuns runs) : IClassFixture<ConformanceRuns>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Postfix_alone_delivers_what_a_policy_forbids()
    {
        var run = await runs.OfAsync(PostfixSetups.Alone, Ct);

        Assert.Equal("no", run.Result.Overall.MtaSts);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task The_page_shows_what_the_runs_have_shown()
    {
        var all = await runs.AllAsync(Ct);

        var path = Path.Combine(RepositoryRoot.Path, "docs", "conformance.md");
        var actual = ConformancePage.Of(all, TimeProvider.System.GetUtcNow());
        var expected = File.Exists(path) ? await File.ReadAllTextAsync(path, Ct) : "";
        // Versions and date are those of the runs that the page was written from.
        if (Table(expected) == Table(actual))
            return;

        if (Environment.GetEnvironmentVariable("POSTSEAL_GOLDEN") == "rewrite")
            await File.WriteAllTextAsync(path, actual, Ct);
        else
            Assert.Equal(expected, actual);
    }

    private static string Table(string page) =>
        page.IndexOf(ConformancePage.Matrix, StringComparison.Ordinal) is var start and >= 0 ? page[start..] : "";
}
