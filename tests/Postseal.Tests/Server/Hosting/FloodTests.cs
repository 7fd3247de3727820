using System.Collections.Concurrent;
using System.Net;
using Postseal.Lab;
using Postseal.Server.Configuration;
using Postseal.Server.Demo;
using Xunit;

namespace Postseal.Tests.Server.Hosting;

/// <summary>More is asked for than the site does.</summary>
public sealed class FloodTests
{
    private const int Visitors = 20;
    private const int Turns = 15;
    private const int Checks = 60; // of the 300 asked for

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_flood_of_distinct_domains_is_answered_or_told_to_come_again_and_health_is_answered_meanwhile()
    {
        await using var lab = await LabInternet.StartAsync(new(), Ct);
        await using var bench = await SiteBench.StartAsync(c => Narrow(c, lab), TimeProvider.System, Ct);
        using (var first = await bench.Public.GetAsync("/check/healthy.lab.test", Ct))
            await first.Content.ReadAsByteArrayAsync(Ct);

        var statuses = new ConcurrentBag<(HttpStatusCode Status, bool SaysWhen)>();
        var flood = Task.WhenAll(Enumerable.Range(0, Visitors).Select(v => VisitAsync(bench, v, statuses)));
        var beside = new List<HttpStatusCode>();
        while (!flood.IsCompleted)
            foreach (var path in (string[])["/healthz", "/check/healthy.lab.test"])
                using (var response = await bench.Public.GetAsync(path, Ct).WaitAsync(TimeSpan.FromSeconds(20), Ct))
                    beside.Add(response.StatusCode);

        await flood;
        Assert.Equal(Visitors * Turns, statuses.Count);
        Assert.DoesNotContain(statuses, s => s is not ((HttpStatusCode.OK, false) or (HttpStatusCode.TooManyRequests, true)));
        Assert.Contains(statuses, s => s.Status == HttpStatusCode.OK);
        Assert.Contains(statuses, s => s.Status == HttpStatusCode.TooManyRequests);
        Assert.NotEmpty(beside);
        Assert.All(beside, s => Assert.Equal(HttpStatusCode.OK, s));
    }

    // Every request comes from another address, so that what is for all has to hold: the checks in a minute, the queue, the shelf.
    private static async Task VisitAsync(
        SiteBench bench,
        int visitor,
        ConcurrentBag<(HttpStatusCode Status, bool SaysWhen)> statuses
    )
    {
        for (var turn = 0; turn < Turns; turn++)
        {
            var path = $"{(turn % 2 == 0 ? "" : "/api/v1")}/check/v{visitor}-{turn}.lab.test";
            using var response = await bench.Public.GetAsync(path, ("X-Forwarded-For", $"203.0.{visitor}.{turn}"), Ct);
            await response.Content.ReadAsByteArrayAsync(Ct);
            statuses.Add((response.StatusCode, response.Headers.RetryAfter is not null));
        }
    }

    private static ServerConfiguration Narrow(ServerConfiguration configuration, LabInternet lab) =>
        configuration with
        {
            Lookup = DemoCommand.Configuration(lab, 0, configuration.DataDirectory).Lookup,
            Web = configuration.Web with
            {
                ChecksPerMinuteTotal = Checks,
                RequestsPerMinute = 1_000_000, // the probe's
                Running = 4,
                Waiting = 4,
                TrustedProxies = [IPNetwork.Parse("127.0.0.1/32")],
            },
        };
}
