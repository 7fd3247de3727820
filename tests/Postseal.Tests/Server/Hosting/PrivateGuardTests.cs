using System.Net;
using Xunit;

namespace Postseal.Tests.Server.Hosting;

/// <summary>No page of the Internet reads the private listener through an operator's browser.</summary>
public sealed class PrivateGuardTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1:8081", true)]
    [InlineData("localhost", true)]
    [InlineData("LocalHost:8081", true)]
    [InlineData("[::1]:8081", true)]
    [InlineData("rebound.example", false)]
    [InlineData("rebound.example:8081", false)]
    [InlineData("127.0.0.1.rebound.example", false)]
    [InlineData("localhost.rebound.example", false)]
    [InlineData("192.0.2.1", false)]
    public async Task Without_a_token_only_a_name_of_this_machine_will_do(string host, bool isLetIn)
    {
        await using var bench = await SiteBench.StartAsync(c => c, TimeProvider.System, Ct);
        foreach (var path in (string[])["/metrics", "/readyz"])
        {
            using var response = await bench.Private.GetAsync(path, ("Host", host), Ct);
            Assert.Equal(isLetIn ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
            if (!isLetIn)
                Assert.Contains("set token-file", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }

        using var health = await bench.Private.GetAsync("/healthz", ("Host", host), Ct);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode); // supervisors come by any name, and it tells nothing
    }

    [Fact]
    public async Task A_token_proves_more_than_a_name()
    {
        await using var bench = await SiteBench.StartAsync(
            c => c with { Private = c.Private with { Token = new("open-sesame-1234567") } },
            TimeProvider.System,
            Ct
        );
        (string, string)[] headers = [("Host", "mon.example"), ("Authorization", "Bearer open-sesame-1234567")];
        using var response = await bench.Private.SendAsync(HttpMethod.Get, "/metrics", headers, null, Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", false)]
    [InlineData("Sec-Fetch-Site", "same-site", false)]
    [InlineData("Sec-Fetch-Site", "none", true)]
    [InlineData("Origin", "https://evil.example", false)]
    [InlineData("Origin", "null", false)]
    public async Task What_another_site_has_a_browser_send_is_refused(string name, string value, bool isLetIn)
    {
        await using var bench = await SiteBench.StartAsync(c => c, TimeProvider.System, Ct);
        using var response = await bench.Private.GetAsync("/metrics", (name, value), Ct);
        Assert.Equal(isLetIn ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
    }
}
