using System.Net;
using System.Text.RegularExpressions;
using Postseal.Checks.Findings;
using Xunit;

namespace Postseal.Tests.Server.Pages;

/// <summary>The pages as the public listener serves them.</summary>
public sealed partial class SitePagesTests(SiteFixture site) : IClassFixture<SiteFixture>
{
    [Fact]
    public async Task Every_link_inside_leads_somewhere()
    {
        var ct = TestContext.Current.CancellationToken;
        var (seen, open) = (new HashSet<string>(StringComparer.Ordinal) { "/" }, new Queue<string>(["/"]));
        var broken = new List<string>();
        while (open.TryDequeue(out var path))
        {
            using var response = await site.Http.GetAsync(path, ct);
            if (response.StatusCode != HttpStatusCode.OK)
                broken.Add($"{path}: {response.StatusCode}");

            if (response.Content.Headers.ContentType?.MediaType != "text/html")
                continue;

            var html = await response.Content.ReadAsStringAsync(ct);
            var links = Link().Matches(html).Select(m => WebUtility.HtmlDecode(m.Groups[1].Value)).ToArray();
            broken.AddRange(
                links
                    .Where(l => l.StartsWith('#') && !html.Contains($"id=\"{l[1..]}\"", StringComparison.Ordinal))
                    .Select(l => path + l)
            );
            // Of the lab's domains one will do; the API answers for domains, too.
            foreach (var link in links.Where(IsInside).Select(l => new Uri(new("http://inside" + path), l).PathAndQuery))
            {
                if ((!IsCheck(link) || link.EndsWith("/healthy.lab.test", StringComparison.Ordinal)) && seen.Add(link))
                    open.Enqueue(link);
            }
        }

        Assert.Empty(broken);
        Assert.All(Catalogue.All, k => Assert.Contains($"/findings/{k.Id}", seen));
    }

    [Fact]
    public async Task A_finding_shows_its_text_and_its_lab_domain()
    {
        var html = await site.Http.GetStringAsync("/findings/mx-uncovered", TestContext.Current.CancellationToken);
        Assert.Contains("<h2>How to fix it</h2>", html, StringComparison.Ordinal);
        Assert.Contains("href=\"/check/mx-uncovered.lab.test\"", html, StringComparison.Ordinal);
        Assert.Contains("href=\"https://www.rfc-editor.org/rfc/rfc8461#section-4.1\"", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/check?domain=User%40Healthy.LAB.test.", HttpStatusCode.Redirect, "/check/healthy.lab.test")]
    [InlineData("/check/HEALTHY.lab.test", HttpStatusCode.MovedPermanently, "/check/healthy.lab.test")]
    [InlineData("/check/b%C3%BCcher.lab.test", HttpStatusCode.MovedPermanently, "/check/xn--bcher-kva.lab.test")]
    public async Task What_is_meant_is_redirected_to_its_permanent_link(string path, HttpStatusCode status, string target)
    {
        using var response = await site.Http.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal(target, response.Headers.Location?.OriginalString);
        Assert.True(response.Headers.CacheControl?.NoStore);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/findings/sts-txt-missing")]
    [InlineData("/check/nothing.lab.test")]
    public async Task A_page_says_nothing_that_only_the_command_line_has(string path)
    {
        var html = await site.Http.GetStringAsync(path, TestContext.Current.CancellationToken);
        Assert.DoesNotContain("--dns", html, StringComparison.Ordinal);
        if (path.StartsWith("/check", StringComparison.Ordinal))
            Assert.DoesNotContain("postseal policy new", html, StringComparison.Ordinal);

        Assert.Contains("<a href=\"/about#source\">free software, Apache 2.0</a>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_api_page_shows_commands_for_this_very_site()
    {
        var html = WebUtility.HtmlDecode(await site.Http.GetStringAsync("/api", TestContext.Current.CancellationToken));
        Assert.Contains($"curl {site.Http.BaseAddress}api/v1/check/example.com\n", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https://SITE", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/check?domain=a%20b", HttpStatusCode.BadRequest, "has a character")]
    [InlineData("/check", HttpStatusCode.BadRequest, "Please type a domain name")]
    [InlineData("/check/%3Cscript%3E", HttpStatusCode.BadRequest, "has a character")]
    [InlineData("/check/%3Cscript%3Ealert(1)%3C%2Fscript%3E", HttpStatusCode.BadRequest, "not a domain name")]
    [InlineData("/nowhere", HttpStatusCode.NotFound, "Not found")]
    [InlineData("/findings/nothing", HttpStatusCode.NotFound, "Not found")]
    public async Task A_refusal_is_a_page_that_says_why(string path, HttpStatusCode status, string words)
    {
        using var response = await site.Http.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(status, response.StatusCode);
        var html = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains(words, html, StringComparison.Ordinal);
        Assert.Contains("<main id=\"main\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_again_leads_back_to_the_page()
    {
        using var response = await site.Http.PostAsync("/check/nothing.lab.test", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.Equal("/check/nothing.lab.test", response.Headers.Location?.OriginalString);
        Assert.True(response.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task A_streamed_page_is_whole_and_so_is_a_kept_one()
    {
        var ct = TestContext.Current.CancellationToken;
        var streamed = await site.Http.GetStringAsync("/check/testing.lab.test", ct);
        Assert.Contains("class=\"steps wide\"", streamed, StringComparison.Ordinal);
        Assert.EndsWith("</html>", streamed.TrimEnd(), StringComparison.Ordinal);
        Assert.True(
            streamed.IndexOf("MX records read", StringComparison.Ordinal)
                < streamed.IndexOf("Will mail be refused?", StringComparison.Ordinal)
        );
        var kept = await site.Http.GetStringAsync("/check/testing.lab.test", ct);
        Assert.DoesNotContain("class=\"steps wide\"", kept, StringComparison.Ordinal);
        Assert.Contains("Only testing", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("This result is", streamed, StringComparison.Ordinal);
        Assert.Contains("old; a new check begins once it is 15 seconds old.", kept, StringComparison.Ordinal);
        Assert.EndsWith("</html>", kept.TrimEnd(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/site.css")]
    [InlineData("/site.js")]
    [InlineData("/favicon.svg")]
    public async Task Files_are_answered_from_the_cache(string path)
    {
        var ct = TestContext.Current.CancellationToken;
        using var first = await site.Http.GetAsync(path, ct);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await site.Http.SendAsync(request, ct);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        using var versioned = await site.Http.GetAsync($"{path}?v=1", ct);
        Assert.Contains("immutable", versioned.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Robots_leave_results_alone()
    {
        var text = await site.Http.GetStringAsync("/robots.txt", TestContext.Current.CancellationToken);
        Assert.Contains("Disallow: /check", text, StringComparison.Ordinal);
        Assert.Contains("Disallow: /api/", text, StringComparison.Ordinal);
    }

    private static bool IsInside(string link) =>
        !link.StartsWith('#')
        && !link.Contains("://", StringComparison.Ordinal)
        && !link.StartsWith("data:", StringComparison.Ordinal);

    private static bool IsCheck(string link) =>
        link.StartsWith("/check/", StringComparison.Ordinal) || link.StartsWith("/api/v1/check/", StringComparison.Ordinal);

    [GeneratedRegex("(?:href|src)=\"([^\"]*)\"")]
    private static partial Regex Link();
}
