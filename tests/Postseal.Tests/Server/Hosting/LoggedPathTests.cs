using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
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

    [Theory]
    [InlineData("/sender-test//{0}")]
    [InlineData("//sender-test/{0}")]
    [InlineData("/sender-test/%2F{0}")]
    [InlineData("/sender-test%2F{0}")]
    [InlineData("/sender-test%252f{0}")]
    [InlineData("/sender-test/./{0}")]
    [InlineData("/sender-test/x/../{0}/next")]
    [InlineData("/sender-test/next/{0}")]
    [InlineData("/sender-test/{0}{0}")]
    [InlineData("/sender-test/{0}?a")]
    [InlineData("/sender-test/{0};next")]
    [InlineData("/sender-test/{0}\nnext")]
    [InlineData("/sender-test/{0}.")]
    [InlineData("/sender_test/{0}")]
    [InlineData("/sendertest/{0}")]
    [InlineData("/\\sender-test\\{0}")]
    [InlineData("/api/v1/sender-test//{0}//events")]
    [InlineData("/API/V1/SENDER-TEST/{0}/rounds/{0}")]
    [InlineData("/api/v1/{0}")]
    [InlineData("/check/{0}")]
    [InlineData("/{0}")]
    [InlineData("/{0}/sender-test/")]
    public void A_key_is_left_out_wherever_a_mistake_has_put_it(string form)
    {
        for (var i = 0; i < 20; i++)
        {
            var key = Postseal.Server.SenderTest.Tests.TestKey.New();
            foreach (var one in (string[])[key, key.ToUpperInvariant(), key[..20], key[3..]])
            {
                var logged = LoggedPath.Of(
                    new PathString(string.Format(System.Globalization.CultureInfo.InvariantCulture, form, one))
                );
                Assert.DoesNotContain(one, logged, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain(key[5..15], logged, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain('\n', logged);
            }
        }
    }

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
            foreach (
                var path in (string[])
                    [
                        $"/sender-test/{key}",
                        $"/api/v1/sender-test/{key}/events",
                        $"/sender-test//{key}",
                        $"/sender-test/%2f{key}?{key}",
                        $"/check/{key}",
                    ]
            )
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
