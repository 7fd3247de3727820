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

    [Theory]
    [InlineData("https://check.example", "check.example:443", null, true)]
    [InlineData("https://check.example:443", "check.example", null, true)]
    [InlineData("http://check.example", "Check.Example:80", null, true)]
    [InlineData("https://check.example:443", "inside", "https://check.example", true)]
    [InlineData("https://check.example", "inside", "https://check.example:443", true)]
    [InlineData("https://check.example", "check.example:80", null, false)]
    [InlineData("http://check.example", "check.example:443", null, false)]
    [InlineData("https://check.example:8443", "check.example", null, false)]
    public async Task The_port_of_a_scheme_may_be_said_or_not(string origin, string host, string? publicUrl, bool isLetIn)
    {
        await using var bench = await SiteBench.StartAsync(
            c => c with { Web = c.Web with { PublicUrl = publicUrl is null ? null : new(publicUrl) } },
            TimeProvider.System,
            Ct
        );
        (string, string)[] headers = [("Host", host), ("Origin", origin)];
        using var response = await bench.Public.SendAsync(HttpMethod.Post, "/test/body", headers, null, Ct);
        Assert.Equal(isLetIn ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Who_is_refused_wrongly_reads_what_was_compared_and_what_the_operator_can_do()
    {
        await using var bench = await SiteBench.StartAsync(
            c => c with { Web = c.Web with { PublicUrl = new("https://check.example") } },
            TimeProvider.System,
            Ct
        );
        var text = await TextAsync([("Host", "inside.example"), ("Origin", "http://inside.example:8080/<b>")], Ct);
        Assert.Contains("it comes from http://inside.example:8080/&lt;b&gt;, and", text, StringComparison.Ordinal);
        Assert.Contains("https://check.example (public-url) and Host: inside.example.", text, StringComparison.Ordinal);
        Assert.Contains("proxy_set_header Host $http_host", text, StringComparison.Ordinal);
        text = await TextAsync([("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")], Ct);
        Assert.DoesNotContain("operator", text, StringComparison.Ordinal);

        async Task<string> TextAsync(IEnumerable<(string, string)> headers, CancellationToken ct)
        {
            using var response = await bench.Public.SendAsync(HttpMethod.Post, "/test/body", headers, null, ct);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            return await response.Content.ReadAsStringAsync(ct);
        }
    }
}
