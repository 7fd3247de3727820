using System.Collections.Concurrent;
using System.Diagnostics;
using Postseal.Server.Hosting;
using Xunit;

namespace Postseal.Tests.Server.Hosting;

/// <summary>The key of a sender test reaches neither log nor traces.</summary>
public sealed class LoggedPathTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/sender-test", "/sender-test")]
    [InlineData("/sender-test/abc", "/sender-test/KEY")]
    [InlineData("/sender-test/abc/next", "/sender-test/KEY/next")]
    [InlineData("/Sender-Test/abc", "/Sender-Test/KEY")]
    [InlineData("/api/v1/sender-test/abc/rounds/2", "/api/v1/sender-test/KEY/rounds/2")]
    [InlineData("/check/a.example\n", "/check/a.example\\x0A")]
    [InlineData("", "")]
    public void A_key_is_left_out(string path, string logged) => Assert.Equal(logged, LoggedPath.Of(path));

    [Fact]
    public async Task No_line_and_no_trace_has_a_key()
    {
        const string key = "loggedloggedloggedlogged22";
        var tags = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
                tags.Enqueue($"{activity.DisplayName} {string.Join(' ', activity.TagObjects.Select(t => $"{t.Key}={t.Value}"))}"),
        };
        ActivitySource.AddActivityListener(listener);
        var bench = await SiteBench.StartAsync(c => c with { Otlp = new("http://127.0.0.1:9") }, TimeProvider.System, Ct);
        await using (bench)
        {
            foreach (var path in (string[])[$"/sender-test/{key}", $"/api/v1/sender-test/{key}/events"])
                (await bench.Public.GetAsync(path, Ct)).Dispose();
        }

        Assert.Contains(tags, t => t.Contains("url.path=/api/v1/sender-test/KEY/events", StringComparison.Ordinal));
        Assert.DoesNotContain(tags, t => t.Contains(key, StringComparison.Ordinal));
        var ours = bench.Logs.Lines.Where(l =>
            !l.StartsWith("Debug Microsoft", StringComparison.Ordinal)
            && !l.StartsWith("Information Microsoft", StringComparison.Ordinal)
            && !l.StartsWith("Trace", StringComparison.Ordinal)
        ); // what is written: SiteLogs
        Assert.Contains(ours, l => l.StartsWith("Debug web: GET /sender-test/KEY 404 ", StringComparison.Ordinal));
        Assert.DoesNotContain(ours, l => l.Contains(key, StringComparison.Ordinal));
    }
}
