using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Xunit;

namespace Postseal.Tests.Server.Api;

/// <summary>The OpenAPI document against what the API really answers.</summary>
public sealed class OpenApiTests(SiteFixture site) : IClassFixture<SiteFixture>
{
    private static readonly string[] Tags = ["Checks", "Policies", "Findings", "Sender tests"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_names_every_endpoint_and_nothing_else()
    {
        var document = await DocumentAsync(Ct);
        Assert.StartsWith("3.1", document["openapi"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(
            [
                "/api/v1/check/{domain}",
                "/api/v1/check/{domain}/events",
                "/api/v1/check/{domain}/history",
                "/api/v1/check/{domain}/kept",
                "/api/v1/findings",
                "/api/v1/policy/lint",
                "/api/v1/sender-test",
                "/api/v1/sender-test/{key}",
                "/api/v1/sender-test/{key}/bounces",
                "/api/v1/sender-test/{key}/events",
                "/api/v1/sender-test/{key}/rounds/{round}",
            ],
            document["paths"]!.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Every_operation_has_an_id_and_one_tag_and_names_the_refusals_of_the_host()
    {
        var document = await DocumentAsync(Ct);
        var operations = document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject().Select(o => o.Value!)).ToArray();
        Assert.Equal(
            [
                "addBounce",
                "checkDomain",
                "deleteSenderTest",
                "lintPolicy",
                "listFindings",
                "openSenderTest",
                "readHistory",
                "readKeptCheck",
                "readSenderTest",
                "turnSenderTest",
                "watchCheck",
                "watchSenderTest",
            ],
            operations.Select(o => o["operationId"]!.GetValue<string>()).Order(StringComparer.Ordinal)
        );
        Assert.All(operations, o => Assert.Contains(o["tags"]!.AsArray().Single()!.GetValue<string>(), Tags));
        Assert.All(operations, o => Assert.All(["429", "500"], status => Assert.NotNull(o["responses"]![status])));
        var changing = document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject()).Where(o => o.Key is "post" or "delete");
        Assert.All(changing, o => Assert.All(["403", "413"], status => Assert.NotNull(o.Value!["responses"]![status])));
        var check = document["paths"]!["/api/v1/check/{domain}"]!["get"]!["responses"]!;
        Assert.All(["500", "503"], status => Assert.NotNull(check[status]));
    }

    [Theory]
    [InlineData("/api/v1/check/{domain}", "/api/v1/check/healthy.lab.test")]
    [InlineData("/api/v1/check/{domain}", "/api/v1/check/nothing.lab.test")]
    [InlineData("/api/v1/check/{domain}", "/api/v1/check/dane-sts-conflict.lab.test")]
    [InlineData("/api/v1/check/{domain}", "/api/v1/check/host-tls-expired.lab.test")]
    [InlineData("/api/v1/check/{domain}", "/api/v1/check/does-not-exist.lab.test")]
    [InlineData("/api/v1/check/{domain}", "/api/v1/check/-bad-")]
    [InlineData("/api/v1/check/{domain}/history", "/api/v1/check/healthy.lab.test/history")]
    [InlineData("/api/v1/check/{domain}/history", "/api/v1/check/unknown.lab.test/history")]
    [InlineData("/api/v1/check/{domain}/kept", "/api/v1/check/healthy.lab.test/kept")]
    [InlineData("/api/v1/check/{domain}/kept", "/api/v1/check/unknown.lab.test/kept")]
    [InlineData("/api/v1/findings", "/api/v1/findings")]
    public async Task Answers_are_as_it_says(string template, string path)
    {
        if (path.Contains("healthy.lab.test/", StringComparison.Ordinal))
            (await site.Http.GetAsync("/api/v1/check/healthy.lab.test", Ct)).Dispose();

        var document = await DocumentAsync(Ct);
        using var response = await site.Http.GetAsync(path, Ct);
        await AssertDescribedAsync(document, template, "get", response, Ct);
    }

    [Theory]
    [InlineData("version: STSv1\nmode: none\nmax_age: 86400\n")]
    [InlineData("nonsense")]
    public async Task The_answer_to_a_policy_text_is_as_it_says(string text)
    {
        using var response = await site.Http.PostAsync("/api/v1/policy/lint", new StringContent(text), Ct);
        await AssertDescribedAsync(await DocumentAsync(Ct), "/api/v1/policy/lint", "post", response, Ct);
    }

    [Theory]
    [InlineData("post", "/api/v1/sender-test", "/api/v1/sender-test")]
    [InlineData("post", "/api/v1/sender-test/{key}/rounds/{round}", "/api/v1/sender-test/a/rounds/2")]
    [InlineData("delete", "/api/v1/sender-test/{key}", "/api/v1/sender-test/a")]
    public async Task A_body_that_nobody_reads_is_refused_as_it_says(string method, string template, string path)
    {
        using var request = new HttpRequestMessage(new(method), path) { Content = new StringContent(new('x', 100_000)) };
        using var response = await site.Http.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        await AssertDescribedAsync(await DocumentAsync(Ct), template, method, response, Ct);
    }

    private static async Task AssertDescribedAsync(
        JsonNode document,
        string template,
        string method,
        HttpResponseMessage response,
        CancellationToken ct
    )
    {
        var status = ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var described = document["paths"]![template]![method]!["responses"]![status];
        Assert.True(described is not null, $"{method} {template} does not say that it may answer {status}");
        var content = described["content"]![response.Content.Headers.ContentType!.MediaType!];
        Assert.True(content is not null, $"{method} {template} does not name {response.Content.Headers.ContentType}");

        // OpenAPI 3.1 schemas are JSON schemas; only the place of the definitions is another.
        var root = new JsonObject
        {
            ["$defs"] = document["components"]!["schemas"]!.DeepClone(),
            ["allOf"] = new JsonArray(content["schema"]!.DeepClone()),
        };
        var schema = JsonSchema.FromText(
            root.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal)
        );
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(ct));
        var result = schema.Evaluate(answer.RootElement, new() { OutputFormat = OutputFormat.List });
        Assert.True(result.IsValid, JsonSerializer.Serialize(result));
    }

    private async Task<JsonNode> DocumentAsync(CancellationToken ct)
    {
        using var response = await site.Http.GetAsync("/openapi/v1.json", ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(ct))!;
    }
}
