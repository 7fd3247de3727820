using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Web;

/// <summary>What the forms of a test and the same requests of a program are refused, and what is asked once more.</summary>
public sealed partial class TestFormsTests(SiteFixture site) : IClassFixture<SiteFixture>, IAsyncDisposable
{
    private const string Unknown = "/sender-test/aaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string UrlEncoded = "application/x-www-form-urlencoded";

    private readonly List<string> _opened = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // One client has so many, and of those with places fewer.
    public async ValueTask DisposeAsync()
    {
        foreach (var page in _opened)
            (await site.Http.DeleteAsync($"/api/v1{page}", TestContext.Current.CancellationToken)).Dispose();
    }

    [Fact]
    public async Task Who_goes_on_early_is_asked_once_more_and_told_what_will_happen()
    {
        var page = await OpenAsync(Ct);
        Assert.Contains("It is early for that", await site.Http.GetStringAsync(page, Ct), StringComparison.Ordinal);
        Assert.Equal($"{page}/next?round=2", await LeadAsync($"{page}/next", "round=2", Ct));
        var question = await site.Http.GetStringAsync($"{page}/next?round=2", Ct);
        Assert.Contains("Go on to message 2 now?", question, StringComparison.Ordinal);
        Assert.Matches("Of message 1, the sender has come for 0 of [0-9]+ addresses so far.", question);
        Assert.Equal(1, await RoundAsync(page, Ct));

        var sent = string.Join('&', Field().Matches(question).Select(f => $"{f.Groups[1].Value}={f.Groups[2].Value}"));
        Assert.Equal(page, await LeadAsync($"{page}/next", sent, Ct));
        Assert.Equal(2, await RoundAsync(page, Ct));
        Assert.Equal(page, await LeadAsync($"{page}/next", "round=2", Ct)); // pressed twice

        Assert.Equal($"{page}/next?round=3", await LeadAsync($"{page}/next", "round=3", Ct));
        question = await site.Http.GetStringAsync($"{page}/next?round=3", Ct);
        Assert.Contains("it is not yet that late", question, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_comes_back_to_a_question_that_has_been_answered_is_led_to_the_test()
    {
        var page = await OpenAsync(Ct);
        Assert.Equal(page, await LeadAsync($"{page}/next", "round=2&sure=yes", Ct));
        foreach (var query in (string[])["?round=2", "?round=4", "?round=x", "?round=3&round=3", ""])
        {
            using var question = await site.Http.GetAsync($"{page}/next{query}", Ct);
            Assert.Equal((HttpStatusCode.SeeOther, page), (question.StatusCode, question.Headers.Location?.OriginalString));
        }
    }

    [Fact]
    public async Task After_the_last_message_there_is_nothing_to_ask()
    {
        var page = await OpenAsync(Ct);
        for (var round = 2; round <= 3; round++)
            Assert.Equal(page, await LeadAsync($"{page}/next", $"round={round}&sure=yes", Ct));

        using var question = await site.Http.GetAsync($"{page}/next?round=4", Ct);
        Assert.Equal(page, question.Headers.Location?.OriginalString);
        await RefusedAsync($"{page}/next", UrlEncoded, "round=4&sure=yes", HttpStatusCode.Conflict);
        await RefusedAsync($"{page}/next", UrlEncoded, "round=4", HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData("round=99")]
    [InlineData("round=3&sure=yes")]
    [InlineData("round=0")]
    public async Task A_message_that_is_not_the_next_one_is_refused(string form)
    {
        var page = await OpenAsync(Ct);
        var text = await RefusedAsync($"{page}/next", UrlEncoded, form, HttpStatusCode.Conflict);
        Assert.Contains("That message is not the next one", text, StringComparison.Ordinal);
        Assert.Contains($"href=\"{page}\"", text, StringComparison.Ordinal);
        Assert.Equal(1, await RoundAsync(page, Ct));
    }

    [Theory]
    [InlineData("3", HttpStatusCode.Conflict)]
    [InlineData("99", HttpStatusCode.Conflict)]
    [InlineData("2147483647", HttpStatusCode.Conflict)]
    [InlineData("0", HttpStatusCode.BadRequest)]
    [InlineData("-1", HttpStatusCode.BadRequest)]
    [InlineData("x", HttpStatusCode.BadRequest)]
    [InlineData("99999999999999", HttpStatusCode.BadRequest)]
    public async Task A_program_is_refused_a_round_that_is_not_the_next_one(string round, HttpStatusCode status)
    {
        var page = await OpenAsync(Ct);
        using var refused = await site.Http.PostAsync($"/api/v1{page}/rounds/{round}", null, Ct);
        Assert.Equal(status, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.True(refused.Headers.CacheControl?.NoStore);
        Assert.Equal(1, await RoundAsync(page, Ct));
    }

    [Theory]
    [InlineData(UrlEncoded, "round=", HttpStatusCode.BadRequest)]
    [InlineData(UrlEncoded, "", HttpStatusCode.BadRequest)]
    [InlineData(UrlEncoded, "a&b&c&d&e&f&g&h&i&j&k&l", HttpStatusCode.BadRequest)]
    [InlineData("application/x-www-form-urlencoded; charset=none", "round=two", HttpStatusCode.BadRequest)]
    [InlineData("multipart/form-data", "round=2", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nbroken", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("text/plain", "round=2", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json", "{\"round\":2}", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("nonsense", "round=2", HttpStatusCode.UnsupportedMediaType)]
    [InlineData(null, "round=2", HttpStatusCode.UnsupportedMediaType)]
    public async Task What_no_form_of_the_site_sends_is_refused(string? type, string body, HttpStatusCode status)
    {
        var page = await OpenAsync(Ct);
        await RefusedAsync($"{page}/next", type, body, status);
        if (status == HttpStatusCode.UnsupportedMediaType)
        {
            foreach (var path in (string[])["/sender-test", $"{page}/delete", "/check/healthy.lab.test"])
                await RefusedAsync(path, type, body, status);
        }

        Assert.Equal(1, await RoundAsync(page, Ct));
    }

    [Fact]
    public async Task A_form_that_is_too_long_is_refused()
    {
        var page = await OpenAsync(Ct);
        await RefusedAsync(
            $"{page}/next",
            UrlEncoded,
            $"round=2&x={new string('x', 1000)}",
            HttpStatusCode.RequestEntityTooLarge
        );
    }

    [Fact]
    public async Task Nothing_says_that_a_test_was_deleted_but_its_deletion()
    {
        var page = await OpenAsync(Ct);
        Assert.Contains("Delete this test?", await site.Http.GetStringAsync($"{page}/delete", Ct), StringComparison.Ordinal);
        Assert.Contains("No such test", await RefusedAsync($"{Unknown}/delete", null, "", HttpStatusCode.NotFound));
        using var unknown = await site.Http.GetAsync($"{Unknown}/delete", Ct);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.DoesNotContain("deleted.", await site.Http.GetStringAsync("/sender-test?deleted", Ct), StringComparison.Ordinal);

        using var deleted = await site.Http.PostAsync($"{page}/delete", null, Ct);
        Assert.Contains("have been deleted.", await deleted.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.True(deleted.Headers.CacheControl?.NoStore);
        await RefusedAsync($"{page}/delete", null, "", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_a_program_is_refused_is_not_kept()
    {
        using var response = await site.Http.GetAsync($"/api/v1{Unknown}", Ct);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.True(response.Headers.CacheControl?.NoStore);
    }

    private async Task<string> OpenAsync(CancellationToken ct)
    {
        using var response = await site.Http.PostAsync("/api/v1/sender-test", null, ct);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(ct));
        _opened.Add($"/sender-test/{document.RootElement.GetProperty("key").GetString()}");
        return _opened[^1];
    }

    private async Task<int> RoundAsync(string page, CancellationToken ct)
    {
        using var document = JsonDocument.Parse(await site.Http.GetStringAsync($"/api/v1{page}", ct));
        return document.RootElement.GetProperty("round").GetInt32();
    }

    private async Task<string?> LeadAsync(string path, string form, CancellationToken ct)
    {
        using var response = await PostAsync(path, UrlEncoded, form, ct);
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        return response.Headers.Location?.OriginalString;
    }

    private async Task<string> RefusedAsync(string path, string? type, string body, HttpStatusCode status)
    {
        using var response = await PostAsync(path, type, body, Ct);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        return await response.Content.ReadAsStringAsync(Ct);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string? type, string body, CancellationToken ct)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (type is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", type);

        return await site.Http.PostAsync(path, content, ct);
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"([a-z]+)\" value=\"([a-z0-9]+)\"")]
    private static partial Regex Field();
}
