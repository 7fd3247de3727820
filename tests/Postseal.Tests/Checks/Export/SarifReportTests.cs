using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Json.Schema;
using Postseal.Checks.Export;
using Postseal.Checks.Json;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Checks.Export;

/// <summary>What code scanning reads.</summary>
public sealed class SarifReportTests
{
    private static readonly JsonSchema Schema = ReadSchema();
    private static readonly EvaluationOptions Strict = new() { RequireFormatValidation = true, OutputFormat = OutputFormat.List };

    public static TheoryData<string> Names => [.. Documents.Facts.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_not_fine_is_a_result_and_what_was_judged_a_rule(string name)
    {
        var document = Documents.Of(name);
        var run = Run(document);
        var findings = document.Findings.Where(f => f.Level != "ok").ToArray();
        var results = run.GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal(findings.Select(f => f.Id), results.Select(r => r.GetProperty("ruleId").GetString()));

        var rules = Rules(run).Select(r => r.GetProperty("id").GetString()).ToArray();
        Assert.Equal(document.Findings.Select(f => f.Id).Distinct().Order(), rules.Order());
        Assert.All(results, r => Assert.Equal(r.GetProperty("ruleId").GetString(), rules[r.GetProperty("ruleIndex").GetInt32()]));
    }

    [Theory]
    [InlineData("breaks", "fail", "error")]
    [InlineData("off", "fail", "error")]
    [InlineData("warn", "fail", "warning")]
    [InlineData("info", "fail", "note")]
    [InlineData("unknown", "open", "none")]
    public void A_level_has_its_kind_and_level(string level, string kind, string sarif)
    {
        var result = Run(Documents.With(Documents.Finding("mx-uncovered", level, "text"))).GetProperty("results")[0];
        Assert.Equal(kind, result.GetProperty("kind").GetString());
        Assert.Equal(sarif, result.GetProperty("level").GetString());
        Assert.Equal(level, result.GetProperty("properties").GetProperty("level").GetString());
    }

    [Fact]
    public void A_result_says_where_it_is()
    {
        var location = Run(Documents.With(Documents.Finding("mx-uncovered", "warn", "mx1.example.com")))
            .GetProperty("results")[0]
            .GetProperty("locations")[0];
        Assert.Equal(
            "dns/example.com",
            location.GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString()
        );
        Assert.Equal(
            "example.com/mx1.example.com",
            location.GetProperty("logicalLocations")[0].GetProperty("fullyQualifiedName").GetString()
        );
    }

    [Fact]
    public void A_fingerprint_stays_when_words_change_and_differs_by_domain_id_and_subject()
    {
        var finding = Documents.Finding("mx-uncovered", "warn", "mx1");
        var other = Documents.With(finding) with { Domain = "example.org" };
        string[] prints =
        [
            Print(Documents.With(finding)),
            Print(Documents.With(finding with { Id = "mx-cname" })),
            Print(Documents.With(finding with { Subject = "mx2" })),
            Print(other),
        ];
        Assert.Equal(4, prints.Distinct().Count());
        Assert.Equal(prints[0], Print(Documents.With(finding with { Summary = "Other words.", Level = "breaks" })));
        Assert.EndsWith(":1", prints[0], StringComparison.Ordinal);

        var twice = Run(Documents.With(finding, finding)).GetProperty("results").EnumerateArray().Select(Print);
        Assert.Equal([prints[0], $"{prints[0][..^1]}2"], twice);
    }

    [Fact]
    public void A_rule_links_to_the_site_or_else_to_the_rfc()
    {
        var document = Documents.With(Documents.Finding("mx-uncovered", "warn", "mx1"));
        var driver = Run(document).GetProperty("tool").GetProperty("driver");
        Assert.False(driver.TryGetProperty("informationUri", out _));
        Assert.Equal(
            "https://www.rfc-editor.org/rfc/rfc8461#section-4.1",
            Rules(Run(document))[0].GetProperty("helpUri").GetString()
        );
        Assert.Equal("MxUncovered", Rules(Run(document))[0].GetProperty("name").GetString());

        var site = Run([document], new("https://check.example/"));
        Assert.Equal(
            "https://check.example/",
            site.GetProperty("tool").GetProperty("driver").GetProperty("informationUri").GetString()
        );
        Assert.Equal("https://check.example/findings/mx-uncovered", Rules(site)[0].GetProperty("helpUri").GetString());
    }

    [Fact]
    public void A_verdict_that_could_not_be_told_is_said()
    {
        var invocation = Run(Documents.Of("healthy"), Documents.Of("record unknown")).GetProperty("invocations")[0];
        Assert.False(invocation.GetProperty("executionSuccessful").GetBoolean());
        Assert.Equal(1, invocation.GetProperty("toolExecutionNotifications").GetArrayLength());
        Assert.True(
            Run(Documents.Of("bad record")).GetProperty("invocations")[0].GetProperty("executionSuccessful").GetBoolean()
        );
    }

    [Fact]
    public void Hostile_text_is_inert()
    {
        var run = Run(Documents.Full(Documents.Hostile));
        Assert.Equal(5, run.GetProperty("results").GetArrayLength());
        Assert.All(Texts(run), t => Assert.True(Documents.IsInert(t)));
        var message = run.GetProperty("results")[0].GetProperty("message").GetProperty("text").GetString()!;
        Assert.DoesNotContain("](", message, StringComparison.Ordinal);
        Assert.Contains("{{0}}", message, StringComparison.Ordinal);
        Assert.Contains(@"\x1B[31m", message, StringComparison.Ordinal);
        Assert.DoesNotContain('<', SarifReport.Of([Documents.Full(Documents.Hostile)], site: null));
    }

    [Fact]
    public void Any_text_makes_a_valid_document() =>
        Documents.AnyText.Sample(text => Run(Documents.Full(text)).ValueKind == JsonValueKind.Object, iter: 50);

    [Fact]
    public void No_check_at_all_is_a_valid_document() =>
        Assert.Equal(0, Run([], site: null).GetProperty("results").GetArrayLength());

    private static string Print(CheckDocument document) => Print(Run(document).GetProperty("results")[0]);

    private static string Print(JsonElement result) =>
        result.GetProperty("partialFingerprints").GetProperty("primaryLocationLineHash").GetString()!;

    private static JsonElement[] Rules(JsonElement run) =>
        [.. run.GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray()];

    private static IEnumerable<string> Texts(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.String => [element.GetString()!],
            JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
            JsonValueKind.Object => element.EnumerateObject().SelectMany(p => Texts(p.Value).Prepend(p.Name)),
            _ => [],
        };

    private static JsonElement Run(params CheckDocument[] documents) => Run(documents, site: null);

    private static JsonElement Run(CheckDocument[] documents, Uri? site)
    {
        var log = JsonDocument.Parse(SarifReport.Of(documents, site)).RootElement;
        var evaluation = Schema.Evaluate(log, Strict);
        Assert.True(evaluation.IsValid, JsonSerializer.Serialize(evaluation.Details?.Where(d => d.Errors is not null)));
        return log.GetProperty("runs")[0];
    }

    /// <summary>The schema says that it is draft 4, which the validator does not know; it uses nothing that draft 7 reads otherwise but its <c>id</c>.</summary>
    private static JsonSchema ReadSchema()
    {
        var path = Path.Combine(RepositoryRoot.Path, "tests/Postseal.Tests/Checks/Export/Schemas/sarif-2.1.0-rtm.5.json");
        var schema = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        schema.Remove("id");
        schema["$schema"] = "http://json-schema.org/draft-07/schema#";
        return JsonSchema.FromText(schema.ToJsonString());
    }
}
