using System.Text.RegularExpressions;
using Postseal.Lab;
using Postseal.Server.Demo;
using Postseal.Tests.Server.Hosting;
using Xunit;

namespace Postseal.Tests.Server;

/// <summary>Every text that strangers can write, seen as pages, API answers and files for pipelines: it shows, and does nothing.</summary>
public sealed partial class HostileTextTests(SiteFixture site) : IClassFixture<SiteFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("markup-everywhere.lab.test")]
    [InlineData("markup-refused.lab.test")]
    [InlineData("banner-escapes.lab.test")]
    [InlineData("txt-binary.lab.test")]
    public async Task A_page_shows_them_inert(string domain)
    {
        // Twice: the second page shows the history, which comes from the store.
        (await site.Http.GetAsync($"/api/v1/check/{domain}", Ct)).Dispose();
        var page = await site.Http.GetStringAsync($"/check/{domain}", Ct);

        Assert.DoesNotContain("<script>", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(InlineHandler(), page);
        Assert.DoesNotMatch(Unprintable(), page);
        Assert.DoesNotMatch(BidirectionalEntity(), page);
    }

    [Theory]
    [InlineData("markup-everywhere.lab.test", "application/json")]
    [InlineData("markup-everywhere.lab.test", "application/sarif+json")]
    [InlineData("markup-everywhere.lab.test", "application/junit+xml")]
    [InlineData("markup-refused.lab.test", "application/json")]
    [InlineData("markup-refused.lab.test", "application/junit+xml")]
    public async Task The_api_shows_them_inert(string domain, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/check/{domain}");
        request.Headers.Accept.Add(new(type));
        using var response = await site.Http.SendAsync(request, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);

        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.DoesNotContain("<script>", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(Unprintable(), text);
    }

    [Fact]
    public async Task The_events_show_them_inert()
    {
        var text = await site.Http.GetStringAsync("/api/v1/check/markup-everywhere.lab.test/events", Ct);
        Assert.Contains("event: result", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(Unprintable(), text);
    }

    [Theory]
    [InlineData("markup-everywhere.lab.test")]
    [InlineData("markup-refused.lab.test")]
    public async Task The_log_shows_them_inert(string domain)
    {
        await using var lab = await LabInternet.StartAsync(new(), Ct);
        await using var bench = await SiteBench.StartAsync(
            standard => DemoCommand.Configuration(lab, 0, standard.DataDirectory),
            TimeProvider.System,
            Ct
        );
        (await bench.Public.GetAsync($"/check/{domain}?%1B[31m=<script>%E2%80%AE", Ct)).Dispose();
        Assert.NotEmpty(bench.Logs.Lines);
        Assert.All(bench.Logs.Lines, line => Assert.DoesNotMatch(Unprintable(), line));
        Assert.All(bench.Logs.Lines, line => Assert.DoesNotContain("<script>", line, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task They_are_seen_at_all()
    {
        var page = await site.Http.GetStringAsync("/check/markup-everywhere.lab.test", Ct);
        Assert.Contains("&lt;script&gt;alert(1)", page, StringComparison.Ordinal);
        Assert.Contains(@"\u{202E}", page, StringComparison.Ordinal);
        Assert.Contains(@"\x1B", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/check/%3Cscript%3Ealert(1)%3C%2Fscript%3E")]
    [InlineData("/check?domain=%22%3E%3Cscript%3Ealert(1)%3C/script%3E%E2%80%AE")]
    [InlineData("/findings/%3Cscript%3E")]
    [InlineData("/%3Cscript%3Ealert(1)%3C%2Fscript%3E")]
    [InlineData("/api/v1/check/%3Cscript%3Ealert(1)%3C%2Fscript%3E")]
    public async Task What_a_visitor_types_comes_back_inert(string path)
    {
        using var response = await site.Http.GetAsync(path, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        Assert.InRange((int)response.StatusCode, 400, 499);
        Assert.DoesNotContain("<script>", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(Unprintable(), text);
    }

    // An element with a handler; not the word in a text, where "<" is encoded.
    [GeneratedRegex("<[a-z][^>]*\\son[a-z]+\\s*=", RegexOptions.IgnoreCase)]
    private static partial Regex InlineHandler();

    [GeneratedRegex("[\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F\\u200B-\\u200F\\u202A-\\u202E\\u2066-\\u2069]")]
    private static partial Regex Unprintable();

    // A character reference would put back what was taken out.
    [GeneratedRegex("&#(x200[B-F]|x202[A-E]|x206[6-9]|x1B|x7);", RegexOptions.IgnoreCase)]
    private static partial Regex BidirectionalEntity();
}
