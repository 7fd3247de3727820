using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Xunit;

namespace Postseal.Tests.Server.Api;

/// <summary>The public API, over HTTP, against a lab.</summary>
public sealed class ApiTests(SiteFixture site) : IClassFixture<SiteFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_check_is_the_document_of_the_command_line()
    {
        using var document = await JsonAsync("/api/v1/check/cert-expired.lab.test", Ct);
        var root = document.RootElement;
        Assert.Equal("postseal.check/1", root.GetProperty("schema").GetString());
        Assert.Equal("breaks", root.GetProperty("verdict").GetProperty("mail").GetString());
        Assert.Contains(root.GetProperty("findings").EnumerateArray(), f => f.GetProperty("id").GetString() == "cert-expired");
    }

    [Theory]
    [InlineData(null, "application/json")]
    [InlineData("*/*", "application/json")]
    [InlineData("application/*", "application/json")]
    [InlineData("application/sarif+json", "application/sarif+json")]
    [InlineData("application/junit+xml, application/json;q=0.5", "application/junit+xml")]
    [InlineData("application/json;q=0.1, text/xml", "application/junit+xml")]
    [InlineData("text/html, application/json;q=0", null)]
    [InlineData("text/html, */*;q=0.1", "application/json")]
    public async Task The_accept_header_chooses_the_form(string? accept, string? type)
    {
        using var response = await GetAsync("/api/v1/check/healthy.lab.test", accept, Ct);
        Assert.Equal(type is null ? HttpStatusCode.NotAcceptable : HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type ?? "application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var body = await response.Content.ReadAsStringAsync(Ct);
        if (type == "application/junit+xml")
            Assert.Equal("testsuites", XDocument.Parse(body).Root?.Name.LocalName);
        else
            JsonDocument.Parse(body).Dispose();
    }

    [Fact]
    public async Task Events_tell_each_step_and_end_with_the_result()
    {
        await using var stream = await site.Http.GetStreamAsync("/api/v1/check/host-ipv6.lab.test/events?fresh=true", Ct);
        var events = new List<SseItem<string>>();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(Ct))
            events.Add(item);

        Assert.Contains(events, e => e.EventType == "step" && e.Data.Contains("\"record\"", StringComparison.Ordinal));
        Assert.All(events.SkipLast(1), e => Assert.Equal("step", e.EventType));
        Assert.Equal("result", events[^1].EventType);
        using var document = JsonDocument.Parse(events[^1].Data);
        Assert.Equal("host-ipv6.lab.test", document.RootElement.GetProperty("domain").GetString());
    }

    [Theory]
    [InlineData("/api/v1/check/not%20a%20domain", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/check/-x.example/events", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/check/192.0.2.1/history", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/check/never-asked.lab.test/history", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/nothing", HttpStatusCode.NotFound)]
    [InlineData("/API/v1/nothing", HttpStatusCode.NotFound)]
    public async Task Problems_are_told_as_problem_documents(string path, HttpStatusCode status)
    {
        using var response = await GetAsync(path, null, Ct);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct));
        Assert.Equal((int)status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(problem.RootElement.GetProperty("title").GetString()));
    }

    [Theory]
    [InlineData("version: STSv1\nmode: testing\nmx: a.example\nmax_age: 86400\n", true, null)]
    [InlineData("version: STSv1\nmode: maybe\nmx: a.example\nmax_age: 86400\n", false, 2)]
    [InlineData("", false, 1)]
    public async Task A_policy_text_is_linted(string text, bool valid, int? line)
    {
        using var response = await site.Http.PostAsync(
            "/api/v1/policy/lint",
            new StringContent(text, Encoding.UTF8, "text/plain"),
            Ct
        );
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct));
        Assert.Equal(valid, document.RootElement.GetProperty("valid").GetBoolean());
        var error = document.RootElement.GetProperty("error");
        Assert.Equal(line, error.ValueKind == JsonValueKind.Null ? null : error.GetProperty("line").GetInt32());
    }

    [Fact]
    public async Task Bytes_that_are_no_text_get_no_remarks_about_lines()
    {
        using var content = new ByteArrayContent([0xff, 0xfe, 0x00]);
        using var response = await site.Http.PostAsync("/api/v1/policy/lint", content, Ct);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct));
        Assert.Equal("sts.policy.utf8", document.RootElement.GetProperty("error").GetProperty("code").GetString());
        Assert.Empty(document.RootElement.GetProperty("remarks").EnumerateArray());
    }

    [Fact]
    public async Task A_policy_text_that_no_sender_would_read_is_said_to_be_too_large()
    {
        using var content = new ByteArrayContent(new byte[(64 * 1024) + 1]);
        using var response = await site.Http.PostAsync("/api/v1/policy/lint", content, Ct);
        Assert.Contains("sts.policy.size", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_tells_when_a_finding_appeared()
    {
        (await JsonAsync("/api/v1/check/mx-uncovered.lab.test", Ct)).Dispose();
        using var history = await JsonAsync("/api/v1/check/mx-uncovered.lab.test/history", Ct);
        Assert.Equal("postseal.history/1", history.RootElement.GetProperty("schema").GetString());
        Assert.Equal("mx-uncovered.lab.test", history.RootElement.GetProperty("domain").GetString());
        Assert.Matches("^[0-9-]{10}T[0-9:]{8}Z$", history.RootElement.GetProperty("lastChecked").GetString());
        var findings = history.RootElement.GetProperty("findings").EnumerateArray();
        Assert.Contains(
            findings,
            f => f.GetProperty("id").GetString() == "mx-uncovered" && f.GetProperty("goneAt").ValueKind == JsonValueKind.Null
        );
    }

    [Fact]
    public async Task Every_finding_is_listed_with_its_page()
    {
        using var document = await JsonAsync("/api/v1/findings", Ct);
        var listed = document.RootElement.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("id").GetString());
        Assert.Equal(Postseal.Checks.Findings.Catalogue.All.Select(k => k.Id), listed);
    }

    [Theory]
    [InlineData("/api/v1/check/healthy.lab.test", "no-store")]
    [InlineData("/api/v1/check/-bad-", "no-store")]
    [InlineData("/api/v1/check/nothing.lab.test/events", "no-store")]
    [InlineData("/api/v1/check/never-asked.lab.test/history", "no-store")]
    [InlineData("/api/v1/check/healthy.lab.test?fresh=maybe", "no-store")]
    [InlineData("/api/v1/nothing", "no-store")]
    [InlineData("/api/v1/findings", "public, max-age=300")]
    [InlineData("/openapi/v1.json", "public, max-age=300")]
    public async Task Only_what_changes_with_the_program_may_be_kept(string path, string control)
    {
        using var response = await GetAsync(path, null, Ct);
        Assert.Contains(control, string.Join(", ", response.Headers.GetValues("Cache-Control")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_link_in_a_report_is_the_client_s_word()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/check/cert-expired.lab.test");
        request.Headers.Host = "evil.example";
        request.Headers.TryAddWithoutValidation("Accept", "application/sarif+json");
        using var response = await site.Http.SendAsync(request, Ct);
        var report = await response.Content.ReadAsStringAsync(Ct);
        Assert.Contains("cert-expired", report, StringComparison.Ordinal);
        Assert.DoesNotContain("evil.example", report, StringComparison.Ordinal);
    }

    private async Task<JsonDocument> JsonAsync(string path, CancellationToken ct)
    {
        using var response = await GetAsync(path, "application/json", ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(ct));
    }

    private Task<HttpResponseMessage> GetAsync(string path, string? accept, CancellationToken ct)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);

        return site.Http.SendAsync(request, ct);
    }
}
