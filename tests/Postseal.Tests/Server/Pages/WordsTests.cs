using Postseal.Checks.Findings;
using Postseal.Checks.Json;
using Postseal.Checks.Verdicts;
using Postseal.Server.Configuration;
using Postseal.Server.Pages;
using Xunit;

namespace Postseal.Tests.Server.Pages;

/// <summary>The small parts that pages are made of.</summary>
public sealed class WordsTests
{
    [Fact]
    public void A_remedy_is_sentences_and_lines_to_copy()
    {
        var pieces = Remedy.Of("Publish this:\nmx: a.example\nmx: b.example\nThen change the id:\nv=STSv1; id=2;\nWait a day.");
        Assert.Equal(
            [
                new("Publish this:", false),
                new("mx: a.example\nmx: b.example", true),
                new("Then change the id:", false),
                new("v=STSv1; id=2;", true),
                new("Wait a day.", false),
            ],
            pieces
        );
    }

    [Theory]
    [InlineData("8461 §4.1", "https://www.rfc-editor.org/rfc/rfc8461#section-4.1")]
    [InlineData("8446", "https://www.rfc-editor.org/rfc/rfc8446")]
    public void An_rfc_is_linked_by_section(string reference, string url)
    {
        Assert.Equal(url, RfcLink.Of(reference).Url);
        Assert.Equal($"RFC {reference}", RfcLink.Of(reference).Text);
    }

    [Fact]
    public void Every_level_and_verdict_has_a_look_of_its_own()
    {
        Assert.Equal(
            Enum.GetValues<Level>().Select(CheckDocuments.Wire).Order(StringComparer.Ordinal),
            Look.Levels.Select(l => l.Level).Order(StringComparer.Ordinal)
        );
        Assert.Equal(4, Enum.GetValues<MailVerdict>().Select(v => Look.OfMail(CheckDocuments.Wire(v))).Distinct().Count());
        Assert.Equal(
            5,
            Enum.GetValues<ProtectionVerdict>().Select(v => Look.OfProtection(CheckDocuments.Wire(v))).Distinct().Count()
        );
    }

    [Fact]
    public void Every_finding_belongs_to_a_part()
    {
        Assert.DoesNotContain(FindingGroups.All, g => g.Name == "Other");
        Assert.Equal(Catalogue.All.Count, FindingGroups.All.Sum(g => g.Kinds.Count));
    }

    [Fact]
    public void Every_lab_domain_is_among_the_examples_once()
    {
        var examples = Postseal.Lab.Domains.LabDomains.All.Select(d => new ExampleDomain(d.Name, d.Fault)).ToArray();
        var groups = ExampleGroups.Of(examples);
        Assert.Equal(examples.Length, groups.Sum(g => g.Examples.Count));
        Assert.Equal("healthy.lab.test", groups[0].Examples[0].Name);
    }

    [Fact]
    public void Lines_from_outside_stay_lines_and_nothing_else_acts()
    {
        Assert.Equal("a\nb\\x1B\\u{202E}", Html.SafeLines("a\r\nb\u001b\u202e"));
        Assert.Equal(301, Html.SafeLines(string.Concat(Enumerable.Repeat("x\n", 5000))).Split('\n').Length);
    }
}
