using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Postseal.Checks.Facts;
using Postseal.Protocol;
using Postseal.Server.Hosting;
using Postseal.Server.Lookups;
using Postseal.Tests.Checks;
using Xunit;

namespace Postseal.Tests.Server.Hosting;

/// <summary>What is made for visitors and what checks compute takes the processor from nobody.</summary>
public sealed class WorkTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_loop_of_pages_that_are_made_anew_ends_by_its_budget_and_others_are_answered()
    {
        await using var bench = await SiteBench.StartAsync(
            c => c with { Web = c.Web with { RequestsPerMinute = 100_000, TrustedProxies = [IPNetwork.Parse("127.0.0.1/32")] } },
            new FakeTimeProvider(),
            Ct
        );
        long read = 0;
        HttpStatusCode status;
        do
        {
            using var response = await bench.Public.GetAsync("/check/-", Ct); // a page for who has mistyped
            status = response.StatusCode;
            read += (await response.Content.ReadAsByteArrayAsync(Ct)).Length;
        } while (status == HttpStatusCode.BadRequest && read < 2 * ClientBudget.WorkPerMinute);

        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        using var other = await bench.Public.GetAsync("/check/-", ("X-Forwarded-For", "203.0.113.9"), Ct);
        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
    }

    [Fact]
    public async Task Pages_that_are_the_same_for_all_are_made_once_and_cost_nobody_anything()
    {
        await using var bench = await SiteBench.StartAsync(
            c => c with { Web = c.Web with { RequestsPerMinute = 100_000, PublicUrl = new("https://check.example") } },
            new FakeTimeProvider(),
            Ct
        );
        foreach (var path in (string[])["/", "/about", "/learn", "/api", "/findings", "/findings/mx-uncovered"])
        {
            using var first = await bench.Public.GetAsync(path, Ct);
            var page = await first.Content.ReadAsStringAsync(Ct);
            for (var i = 0; i < 2 * ClientBudget.WorkPerMinute / page.Length / 6; i++)
            {
                using var again = await bench.Public.GetAsync(path, Ct);
                Assert.Equal(HttpStatusCode.OK, again.StatusCode);
            }
        }
    }

    [Theory]
    [InlineData("https://check.example", "https://check.example", true)]
    [InlineData(null, "http://evil.example", false)]
    public async Task A_page_that_depends_on_the_host_is_kept_by_nobody(string? publicUrl, string link, bool isKept)
    {
        await using var bench = await SiteBench.StartAsync(
            c => c with { Web = c.Web with { PublicUrl = publicUrl is null ? null : new(publicUrl) } },
            TimeProvider.System,
            Ct
        );
        for (var i = 0; i < 2; i++)
        {
            using var response = await bench.Public.GetAsync("/api", ("Host", i == 0 ? "first.example" : "evil.example"), Ct);
            var html = await response.Content.ReadAsStringAsync(Ct);
            Assert.Equal(isKept, response.Headers.CacheControl?.Public);
            Assert.Equal(!isKept, response.Headers.CacheControl?.NoStore);
            Assert.Contains(i == 0 && !isKept ? "http://first.example" : link, html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Checks_that_burn_the_processor_leave_health_and_pages_alone()
    {
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(60)); // whatever happens
        await using var bench = await SiteBench.StartAsync(c => c, TimeProvider.System, Ct);
        await using var desk = new LookupDesk(Burn, null, new(), TimeProvider.System, new(), NullLogger.Instance);
        try
        {
            for (var i = 0; i < 32; i++)
                Assert.NotNull(desk.Ask(DomainName.Parse($"d{i}.example"), anew: false));

            // On the threads that answer requests, 32 of these would let nothing else through for a quarter of a minute.
            foreach (var path in (string[])["/healthz", "/", "/healthz"])
            {
                using var response = await bench.Public.GetAsync(path, Ct).WaitAsync(Soon, Ct);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            }

            using var health = await bench.Private.GetAsync("/healthz", Ct).WaitAsync(Soon, Ct);
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        }
        finally
        {
            await end.CancelAsync();
        }

        Task<DomainFacts> Burn(DomainName domain, IProgress<GatherStep> progress, CancellationToken ct)
        {
            while (!end.IsCancellationRequested) { }
            return Task.FromResult(FactsBuilder.Healthy() with { Domain = domain });
        }
    }

    [Fact]
    public async Task Checks_take_turns_step_by_step_on_fewer_threads_than_there_are_cores()
    {
        Assert.InRange(CheckThreads.Standard, 1, Math.Max(1, Environment.ProcessorCount - 1));
        using var threads = new CheckThreads(1);
        var told = new List<string>();
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task[] running = [.. Enumerable.Range(0, 3).Select(i => threads.RunAsync(() => StepsAsync($"{i}"), Ct))];
        begin.SetResult();
        await Task.WhenAll(running).WaitAsync(Soon, Ct);
        Assert.Equal(3, told.Take(3).Distinct().Count()); // nobody's second step before everybody's first

        async Task StepsAsync(string name)
        {
            await begin.Task;
            for (var i = 0; i < 3; i++)
            {
                Assert.StartsWith("checks", Thread.CurrentThread.Name, StringComparison.Ordinal);
                told.Add(name);
                await Task.Yield();
            }
        }
    }
}
