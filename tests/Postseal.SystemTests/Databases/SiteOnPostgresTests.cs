using System.Text.Json;
using Postseal.Lab;
using Postseal.Server.Demo;
using Postseal.Server.Hosting;
using Postseal.SystemTests.Servers;

namespace Postseal.SystemTests.Databases;

/// <summary>The whole site on a real PostgreSQL: two nodes that share what they remember.</summary>
public sealed class SiteOnPostgresTests(SharedPostgres shared) : IClassFixture<SharedPostgres>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_nodes_share_the_history_of_a_domain()
    {
        Peers.Demand(PostgresServer.Missing());
        var place = await shared.NewDatabaseAsync(Ct);
        await using var lab = await LabInternet.StartAsync(new(), Ct);
        await using var first = await StartAsync(lab, place, Ct);
        await using var second = await StartAsync(lab, place, Ct);

        using var before = await GetAsync(first, "/api/v1/check/pol-id-drift.lab.test", Ct);
        using var after = await GetAsync(second, "/api/v1/check/pol-id-drift.lab.test", Ct);
        Assert.DoesNotContain("pol-id-drift", Findings(before));
        Assert.Contains("pol-id-drift", Findings(after)); // it needs what the first node saw

        using var history = await GetAsync(first, "/api/v1/check/pol-id-drift.lab.test/history", Ct);
        Assert.Equal(2, history.RootElement.GetProperty("checks").GetInt64());
    }

    private static Task<SiteServer> StartAsync(LabInternet lab, string place, CancellationToken ct) =>
        SiteServer.StartAsync(
            DemoCommand.Configuration(lab, 0, Path.GetTempPath()) with
            {
                Store = new() { Postgres = new(place) },
            },
            TimeProvider.System,
            ct
        );

    private static async Task<JsonDocument> GetAsync(SiteServer server, string path, CancellationToken ct)
    {
        using var http = new HttpClient(new SocketsHttpHandler());
        return JsonDocument.Parse(await http.GetStringAsync(new Uri(server.PublicAddress, path), ct));
    }

    private static IEnumerable<string?> Findings(JsonDocument document) =>
        document.RootElement.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("id").GetString());
}
