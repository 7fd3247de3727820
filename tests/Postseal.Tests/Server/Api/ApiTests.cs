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
