using System.Net;
using Postseal.Server.Demo;
using Xunit;

namespace Postseal.Tests.Server.Hosting;

/// <summary>What a page of another site has a browser send is refused; programs are not.</summary>
public sealed class SameSiteTests
{
    private const string Key = "aaaaaaaaaaaaaaaaaaaaaaaaaa";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("POST", "/sender-test")]
    [InlineData("POST", $"/sender-test/{Key}/next")]
    [InlineData("POST", $"/sender-test/{Key}/delete")]
    [InlineData("POST", "/api/v1/sender-test")]
    [InlineData("POST", $"/api/v1/sender-test/{Key}/rounds/2")]
    [InlineData("DELETE", $"/api/v1/sender-test/{Key}")]
    [InlineData("POST", "/check/example.com")]
    public async Task Whatever_changes_something_is_guarded(string method, string path)
    {
        await using var lab = await DemoLab.StartAsync(new(), Ct);
        await using var bench = await SiteBench.StartAsync(
            c => DemoCommand.Configuration(lab, 0, c.DataDirectory),
            TimeProvider.System,
            Ct
        );
        using var refused = await bench.Public.SendAsync(new(method), path, [("Sec-Fetch-Site", "cross-site")], null, Ct);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(
            path.StartsWith("/api", StringComparison.Ordinal) ? "application/problem+json" : "text/html",
            refused.Content.Headers.ContentType?.MediaType
        );
        Assert.Contains("Asked for by another site", await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        using var program = await bench.Public.SendAsync(new(method), path, [], null, Ct);
        Assert.NotEqual(HttpStatusCode.Forbidden, program.StatusCode);
        using var link = await bench.Public.GetAsync("/sender-test", ("Sec-Fetch-Site", "cross-site"), Ct);
        Assert.Equal(HttpStatusCode.OK, link.StatusCode);
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("same-origin", null, true)]
    [InlineData("none", "null", true)]
    [InlineData("cross-site", null, false)]
    [InlineData("cross-site", "https://check.example", false)]
    [InlineData("same-site", "https://www.check.example", false)]
    [InlineData("same-site", "https://check.example", true)]
    [InlineData(null, "https://check.example", true)] // the public URL
    [InlineData(null, "http://inside.example:8080", true)] // what was asked for
    [InlineData(null, "https://inside.example:8080", true)] // something before us ends TLS
    [InlineData(null, "http://check.example", false)]
    [InlineData(null, "https://check.example:8443", false)]
    [InlineData(null, "http://inside.example", false)]
    [InlineData(null, "https://evil.example", false)]
    [InlineData(null, "null", false)]
    [InlineData(null, "", false)]
    public async Task A_browser_tells_where_a_request_comes_from(string? site, string? origin, bool isLetIn)
    {
        await using var bench = await SiteBench.StartAsync(
            c => c with { Web = c.Web with { PublicUrl = new("https://check.example") } },
            TimeProvider.System,
            Ct
        );
        (string, string)[] headers =
        [
            ("Host", "inside.example:8080"),
            .. site is null ? Array.Empty<(string, string)>() : [("Sec-Fetch-Site", site)],
            .. origin is null ? Array.Empty<(string, string)>() : [("Origin", origin)],
        ];
        using var response = await bench.Public.SendAsync(HttpMethod.Post, "/test/body", headers, null, Ct);
        Assert.Equal(isLetIn ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
    }
}
