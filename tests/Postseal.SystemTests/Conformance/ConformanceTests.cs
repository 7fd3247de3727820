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
        _missing = await Peers.MissingForConformanceAsync(ct);
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
    /// <summary>Where no message may arrive while a policy says so.</summary>
    private static readonly string[] Forbidden = ["C1", "C2", "C3", "C4", "C5", "C6", "C18", "C19", "C24"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("rfc", "8461-5-1")]
    public async Task Postfix_alone_delivers_what_a_policy_forbids()
    {
        var run = await runs.OfAsync(PostfixSetups.Alone, Ct);

        Assert.Equal(
            Forbidden.Concat(["C0", "C7", "control-dane", "C23"]).Order(StringComparer.Ordinal),
            run.With("fail").Order(StringComparer.Ordinal)
        );
        Assert.Equal("no", run.Result.Overall.MtaSts);
        Assert.Equal("no", run.Result.Overall.Dane);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task With_DANE_switched_on_it_holds_back_what_DANE_forbids_and_nothing_else()
    {
        var run = await runs.OfAsync(PostfixSetups.WithDane, Ct);

        Assert.Equal(Forbidden.Append("C0").Append("C7").Order(), run.With("fail").Order());
        Assert.Equal("no", run.Result.Overall.MtaSts);
        Assert.Equal("yes", run.Result.Overall.Dane);
        Assert.Equal("inconclusive", run.Result.Overall.Precedence); // it has nothing to put first
    }

    // Nothing that Postfix's protocol could not express is left: C18 passes in the plain dialect, as wildcards are narrowed to hosts in DNS; C7
    // passes as a host's certificate is for its own name only. From 3.10.5 on Postfix does not even connect to a host outside the policy.
    [Fact]
    [Trait("rfc", "8461-5-1")]
    [Trait("rfc", "8461-2-1")]
    public async Task Postfix_with_our_policy_server_passes_every_case()
    {
        foreach (var setup in new[] { PostfixSetups.WithPolicyd, PostfixSetups.NewWithPolicyd })
        {
            var run = await runs.OfAsync(setup, Ct);

            Assert.Empty(run.With("fail"));
            Assert.Empty(run.With("inconclusive"));
            Assert.Equal(["C25"], run.With("not-offered"));
            Assert.Equal("yes", run.Result.Overall.MtaSts);
            Assert.Equal("yes", run.Result.Overall.Dane);
            Assert.Equal("yes", run.Result.Overall.Precedence);
            Assert.Equal(0, run.ExitCode);
        }
    }

    [Fact]
    public async Task Exim_knows_DANE_only()
    {
        var run = await runs.OfAsync(OtherSetups.Exim, Ct);

        Assert.Equal("no", run.Result.Overall.MtaSts);
        Assert.Equal("yes", run.Result.Overall.Dane);
    }

    [Fact]
    public async Task Chasquid_knows_MTA_STS_but_reads_neither_the_id_nor_more_than_ten_kilobytes()
    {
        var run = await runs.OfAsync(OtherSetups.Chasquid, Ct);

        Assert.Equal(["C13", "C16", "C17", "C20", "control-dane", "C22", "C23"], run.With("fail"));
        Assert.Equal("partly", run.Result.Overall.MtaSts);
        Assert.Equal("no", run.Result.Overall.Dane);
    }

    [Fact]
    public async Task The_other_policy_server_enforces_policies_and_puts_them_before_DANE()
    {
        var run = await runs.OfAsync(PostfixSetups.WithResolver, Ct);

        Assert.Equal("pass", run["C0"]);
        Assert.Equal("partly", run.Result.Overall.MtaSts);
        // Postfix has DANE switched on, as control-dane shows; a policy in its table takes the place of it.
        Assert.Equal("yes", run.Result.Overall.Dane);
        Assert.Equal("no", run.Result.Overall.Precedence);
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
