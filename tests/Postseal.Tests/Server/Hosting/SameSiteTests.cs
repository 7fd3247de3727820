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
    [InlineData("cross-site", "no-cors", "image", null, false)]
    [InlineData("cross-site", "no-cors", "script", null, false)]
    [InlineData("cross-site", "no-cors", "style", null, false)]
    [InlineData("cross-site", "cors", "empty", "https://evil.example", false)]
    [InlineData("cross-site", "navigate", "iframe", null, false)]
    [InlineData("cross-site", "navigate", "object", null, false)]
    [InlineData("cross-site", "websocket", "websocket", null, false)]
    [InlineData("same-site", "no-cors", "image", null, false)]
    [InlineData("same-site", "cors", "empty", "https://www.check.example", false)]
    [InlineData("same-site", "navigate", "document", null, true)]
    [InlineData("cross-site", "navigate", "document", null, true)]
    [InlineData("same-origin", "cors", "empty", null, true)]
    [InlineData("same-origin", "no-cors", "image", null, true)]
    [InlineData("none", "navigate", "document", null, true)]
    [InlineData(null, null, null, null, true)] // a program, an old browser
    [InlineData(null, null, null, "https://evil.example", false)] // a script of a page without TLS
    [InlineData(null, null, null, "null", false)] // one in a sandbox
    public async Task A_part_of_another_sites_page_starts_no_check_and_a_link_from_there_does(
        string? site,
        string? mode,
        string? dest,
        string? origin,
        bool isLetIn
    )
    {
        string[] paths =
        [
            "/test/check",
            "/api/test/check",
            "/sender-test",
            "/check/-",
            "/api/v1/check/-",
            "/api/v1/check/-/events",
        ];
        (string, string?)[] headers =
        [
            ("Sec-Fetch-Site", site),
            ("Sec-Fetch-Mode", mode),
            ("Sec-Fetch-Dest", dest),
            ("Origin", origin),
        ];
        await using var bench = await SiteBench.StartAsync(c => c, TimeProvider.System, Ct);
        foreach (var path in paths)
        {
            using var response = await bench.Public.SendAsync(
                HttpMethod.Get,
                path,
                headers.Where(h => h.Item2 is not null).Select(h => (h.Item1, h.Item2!)),
                null,
                Ct
            );
            Assert.Equal(isLetIn, response.StatusCode != HttpStatusCode.Forbidden);
        }
    }

    [Theory]
    [InlineData("Sec-Purpose", "prefetch")]
    [InlineData("Sec-Purpose", "prefetch;prerender")]
    [InlineData("Purpose", "prefetch")]
    public async Task What_another_site_has_fetched_in_advance_nobody_has_asked_for(string name, string value)
    {
        await using var bench = await SiteBench.StartAsync(c => c, TimeProvider.System, Ct);
        (string, string)[] headers =
        [
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Mode", "navigate"),
            ("Sec-Fetch-Dest", "document"),
        ];
        using var refused = await bench.Public.SendAsync(HttpMethod.Get, "/test/check", headers.Append((name, value)), null, Ct);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var own = await bench.Public.SendAsync(HttpMethod.Get, "/test/check", [(name, value)], null, Ct);
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
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
