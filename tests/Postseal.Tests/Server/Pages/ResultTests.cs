using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Postseal.Checks;
using Postseal.Checks.Json;
using Postseal.Protocol.MtaSts;
using Postseal.Server.History;
using Postseal.Server.Lookups;
using Postseal.Server.Pages;
using Postseal.Server.Pages.Outcome;
using Postseal.Tests.Checks;
using Xunit;

namespace Postseal.Tests.Server.Pages;

/// <summary>The result of a check as HTML, from documents made by hand.</summary>
public sealed partial class ResultTests
{
    private const string Hostile =
        "</pre></code></title></svg><script>alert(1)</script><img src=x onerror=alert(1)>\" onmouseover=\"alert(1)' <!--gap--> &lt; \u202e\u001b[31m\u0000\u2028";

    // Written by us, never by a peer; classes, links and words hang on them.
    private static readonly string[] Ours =
    [
        "schema",
        "domain",
        "checkedAt",
        "level",
        "rfc",
        "mail",
        "protection",
        "decision",
        "mode",
    ];

    private static readonly CheckDocument Healthy = CheckDocuments.Of(CheckResult.Of(FactsBuilder.Healthy()));

    public static TheoryData<string> Levels => [.. Look.Levels.Select(l => l.Level)];

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task A_finding_of_any_level_has_its_word_and_its_shape(string level)
    {
        var finding = new FindingPart(
            "mx-uncovered",
            level,
            "example.com",
            "A sentence.",
            "Do this:\nmx: a",
            "8461 §4.1",
            new Dictionary<string, string>()
        );
        var html = await RenderAsync(Healthy with { Findings = [finding] });
        Assert.Contains("A sentence.", html, StringComparison.Ordinal);
        Assert.Contains("href=\"/findings/mx-uncovered\"", html, StringComparison.Ordinal);
        if (level == "ok")
        {
            Assert.Contains("Nothing is wrong", html, StringComparison.Ordinal);
            return;
        }

        Assert.Contains($"finding lv-{level}", html, StringComparison.Ordinal);
        Assert.Contains(Look.OfLevel(level).Word, html, StringComparison.Ordinal);
        Assert.Contains("<code>mx: a</code>", html, StringComparison.Ordinal);
        Assert.Contains("https://www.rfc-editor.org/rfc/rfc8461#section-4.1", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ok", "enforced", "No", "Yes")]
    [InlineData("at-risk", "testing", "At risk", "Only testing")]
    [InlineData("breaks", "off", "Yes", "Switched off")]
    [InlineData("unknown", "none", "Unknown", "No")]
    [InlineData("ok", "unknown", "No", "Unknown")]
    public async Task A_verdict_is_two_plain_answers(string mail, string protection, string refused, string held)
    {
        var html = await RenderAsync(Healthy with { Verdict = Healthy.Verdict with { Mail = mail, Protection = protection } });
        var words = Word().Matches(html).Select(m => m.Groups[1].Value);
        Assert.Equal([refused, held], words);
    }

    [Fact]
    public async Task Findings_come_by_weight()
    {
        var findings = Look
            .Levels.Reverse()
            .Select(l => new FindingPart(
                "mx-dup",
                l.Level,
                "x",
                $"This is {l.Level}",
                null,
                null,
                new Dictionary<string, string>()
            ));
        var html = await RenderAsync(Healthy with { Findings = [.. findings] });
        var order = Look.Levels.Select(l => html.IndexOf($"This is {l.Level}", StringComparison.Ordinal)).ToArray();
        Assert.DoesNotContain(-1, order);
        Assert.Equal(order.Order(), order);
    }

    [Fact]
    public async Task Twenty_mail_servers_are_all_in_the_table_and_the_faulty_in_the_drawing()
    {
        var hosts = Enumerable
            .Range(1, 20)
            .Select(i =>
                Healthy.Mx[0] with
                {
                    Host = $"mx{i}.example.com",
                    Decision = i == 20 ? "refused" : "allowed",
                    Addresses = i == 20 ? [] : ["192.0.2.1"],
                }
            );
        var html = await RenderAsync(Healthy with { Mx = [.. hosts] });
        Assert.All(
            Enumerable.Range(1, 20),
            i => Assert.Contains($"<th scope=\"row\">mx{i}.example.com</th>", html, StringComparison.Ordinal)
        );
        Assert.Contains(">mx20.example.com</text>", html, StringComparison.Ordinal);
        Assert.Contains("Drawn are 8 of 20 mail servers", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_domain_with_nothing_is_a_page_too()
    {
        var html = await RenderAsync(
            new("postseal.check/1", "example.com", "2026-11-23T12:00:00Z", 5, Healthy.Verdict, [], null, null, null, null, [])
        );
        Assert.Contains("No record was found", html, StringComparison.Ordinal);
        Assert.Contains("none published", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_from_outside_is_inert_wherever_it_stands()
    {
        var node = JsonSerializer.SerializeToNode(Healthy, JsonContext.Default.CheckDocument)!;
        var document = Poison(node)!.Deserialize(JsonContext.Default.CheckDocument)!;
        var history = new DomainHistory(
            FactsBuilder.Now,
            FactsBuilder.Now,
            3,
            [new("mx-dup", "warn", Hostile, Hostile, FactsBuilder.Now, FactsBuilder.Now, null)],
            [new("ok", "none", FactsBuilder.Now, FactsBuilder.Now)],
            [new(Hostile, new string('a', 64), StsMode.Testing, 86400, FactsBuilder.Now, FactsBuilder.Now)]
        );
        var html = await Html.OfAsync<Result, LookupResult>(
            new(document, history, default),
            TestContext.Current.CancellationToken
        );
        Assert.Contains("&lt;script&gt;", html, StringComparison.Ordinal);
        string[] known =
        [
            "a",
            "article",
            "button",
            "circle",
            "code",
            "dd",
            "defs",
            "desc",
            "details",
            "div",
            "dl",
            "dt",
            "form",
            "g",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "li",
            "marker",
            "nav",
            "ol",
            "p",
            "path",
            "pre",
            "rect",
            "section",
            "span",
            "strong",
            "summary",
            "svg",
            "table",
            "tbody",
            "td",
            "text",
            "th",
            "thead",
            "time",
            "title",
            "tr",
            "ul",
        ];
        Assert.Empty(Tag().Matches(html).Select(m => m.Groups[1].Value).Except(known));
        Assert.Empty(Handler().Matches(html).Select(m => m.Value));
        Assert.DoesNotContain("<!--", html, StringComparison.Ordinal);
        Assert.DoesNotContain(html, c => (c < ' ' && c != '\n') || c is '\u202e' or '\u2028');
    }

    [Fact]
    public async Task History_says_since_when()
    {
        var then = FactsBuilder.Now.AddDays(-12);
        var history = new DomainHistory(
            then,
            FactsBuilder.Now,
            7,
            [
                new("mx-dup", "warn", "x", "Stays.", then, FactsBuilder.Now, null),
                new("mx-cname", "warn", "x", "Went.", then, then, FactsBuilder.Now.AddDays(-2)),
            ],
            [new("ok", "testing", then, FactsBuilder.Now)],
            [new("1", new string('a', 64), StsMode.Testing, 86400, then, FactsBuilder.Now)]
        );
        var html = await Html.OfAsync<HistoryView, DomainHistory>(history, TestContext.Current.CancellationToken);
        Assert.Contains("Checked 7 times", html, StringComparison.Ordinal);
        Assert.Contains("in testing mode for 12 days at least", html, StringComparison.Ordinal);
        Assert.Contains("Still there", html, StringComparison.Ordinal);
        Assert.Contains("Gone 21 Nov 2026", html, StringComparison.Ordinal);
    }

    private static Task<string> RenderAsync(CheckDocument document) =>
        Html.OfAsync<Result, LookupResult>(new(document, null, default), TestContext.Current.CancellationToken);

    private static JsonNode? Poison(JsonNode? node) =>
        node switch
        {
            JsonObject o => new JsonObject(
                o.Select(p =>
                    KeyValuePair.Create(
                        p.Key,
                        Ours.Contains(p.Key) ? p.Value?.DeepClone()
                            : IsFindingId(o, p.Key) ? "mx-dup"
                            : Poison(p.Value)
                    )
                )
            ),
            JsonArray a => new JsonArray([.. a.Select(Poison)]),
            JsonValue v when v.GetValueKind() == JsonValueKind.String => Hostile,
            _ => node?.DeepClone(),
        };

    private static bool IsFindingId(JsonObject o, string key) => key == "id" && o.ContainsKey("remedy");

    [GeneratedRegex("<strong>([^<]*)</strong></p>")]
    private static partial Regex Word();

    [GeneratedRegex("</?([a-zA-Z!][^\\s/>]*)")]
    private static partial Regex Tag();

    [GeneratedRegex("<[^>]*\\s(on[a-z]+|style)=[^>]*>")]
    private static partial Regex Handler();
}
