using System.Collections.Concurrent;
using System.Net;
using Postseal.Server.Demo;
using Postseal.Server.SenderTest.Tests;
using Postseal.Tests.Server.Hosting;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Web;

/// <summary>More tests are asked for over HTTP than there can be.</summary>
public sealed class TestFloodTests
{
    private const int Clients = TestLimits.Live / TestLimits.LivePerClient;
    private const string Api = "/api/v1/sender-test";

    // Beside each other: as many as keep a machine busy.
    private static readonly ParallelOptions Beside = new()
    {
        MaxDegreeOfParallelism = 8,
        CancellationToken = TestContext.Current.CancellationToken,
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_that_there_can_be_are_opened_and_answer_and_one_more_has_room_when_one_is_deleted()
    {
        await using var lab = await DemoLab.StartAsync(new(), Ct);
        await using var bench = await SiteBench.StartAsync(
            c =>
            {
                var demo = DemoCommand.Configuration(lab, 0, c.DataDirectory);
                return demo with { Web = demo.Web with { TrustedProxies = [IPNetwork.Parse("127.0.0.1/32")] } };
            },
            TimeProvider.System,
            Ct
        );
        var pages = new ConcurrentBag<string>();
        await Parallel.ForAsync(0, Clients, Beside, async (client, ct) => await OpenAllAsync(bench, client, pages, ct));
        Assert.Equal(TestLimits.Live, pages.Distinct().Count());

        await RefusedAsync(bench, client: Clients, "No room for another test", "2000 tests are open on this site");

        await Parallel.ForEachAsync(
            pages,
            Beside,
            async (page, ct) =>
            {
                using var answer = await bench.Public.GetAsync($"/api/v1{page}", ct);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }
        );

        var (gone, stays) = (pages.First(), pages.Last());
        using (var deleted = await AskAsync(bench, HttpMethod.Delete, $"/api/v1{gone}", Clients, Ct))
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);

        var sender = new CarelessSender(lab.Internet);
        Assert.StartsWith("5", await sender.SendAsync("mx.example", Control(gone), Ct), StringComparison.Ordinal);
        Assert.StartsWith("250", await sender.SendAsync("mx.example", Control(stays), Ct), StringComparison.Ordinal);
        using (var opened = await AskAsync(bench, HttpMethod.Post, Api, Clients, Ct))
            Assert.Equal(HttpStatusCode.Created, opened.StatusCode);

        await RefusedAsync(bench, client: Clients + 1, "No room for another test", "2000 tests are open on this site");
    }

    private static async Task OpenAllAsync(SiteBench bench, int client, ConcurrentBag<string> pages, CancellationToken ct)
    {
        for (var i = 0; i < TestLimits.LivePerClient; i++)
        {
            using var opened = await AskAsync(bench, HttpMethod.Post, "/sender-test", client, ct);
            Assert.Equal(HttpStatusCode.SeeOther, opened.StatusCode);
            pages.Add(opened.Headers.Location!.OriginalString);
        }

        if (client == 0)
            await RefusedAsync(bench, client, "Too many tests of yours", "20 tests are open");
    }

    // Page and API say the same.
    private static async Task RefusedAsync(SiteBench bench, int client, string title, string words)
    {
        foreach (var path in (string[])["/sender-test", Api])
        {
            using var refused = await AskAsync(bench, HttpMethod.Post, path, client, Ct);
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            var text = await refused.Content.ReadAsStringAsync(Ct);
            Assert.Contains(title, text, StringComparison.Ordinal);
            Assert.Contains(words, text, StringComparison.Ordinal);
        }
    }

    private static Task<HttpResponseMessage> AskAsync(
        SiteBench bench,
        HttpMethod method,
        string path,
        int client,
        CancellationToken ct
    ) => bench.Public.SendAsync(method, path, [("X-Forwarded-For", $"203.0.{client}.1")], null, ct);

    private static string Control(string page) => $"{TestKey.Mailbox(page.Split('/')[^1])}@control.sender.lab.test";
}
