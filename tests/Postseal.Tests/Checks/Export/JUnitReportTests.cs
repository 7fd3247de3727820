using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using CsCheck;
using Postseal.Checks.Export;
using Postseal.Checks.Json;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Checks.Export;

/// <summary>What build servers read.</summary>
public sealed class JUnitReportTests
{
    private static readonly XmlSchemaSet Schema = ReadSchema();

    public static TheoryData<string> Names => [.. Documents.Facts.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Counts_say_what_the_exit_code_says(string name)
    {
        var result = Documents.Result(name);
        var suites = Read(CheckDocuments.Of(result));
        var (failures, errors) = ((int)suites.Attribute("failures")!, (int)suites.Attribute("errors")!);
        Assert.Equal(
            result.ExitCode,
            errors > 0 ? 3
                : failures > 0 ? 1
                : 0
        );
        Assert.Equal(failures, suites.Descendants("failure").Count());
        Assert.Equal(errors, suites.Descendants("error").Count());
        Assert.Equal((int)suites.Attribute("tests")!, suites.Descendants("testcase").Count());
    }

    [Fact]
    public void All_exit_codes_were_seen() =>
        Assert.Equal([0, 1, 3], Documents.Facts.Keys.Select(n => Documents.Result(n).ExitCode).Distinct().Order());

    [Fact]
    public void Each_domain_is_a_suite_and_each_finding_a_case()
    {
        var documents = (CheckDocument[])[Documents.Of("healthy"), Documents.Of("bad record")];
        var suites = Read(documents).Elements("testsuite").ToArray();
        Assert.Equal(documents.Select(d => d.Domain), suites.Select(s => (string)s.Attribute("name")!));
        foreach (var (document, suite) in documents.Zip(suites))
        {
            Assert.Equal(document.Findings.Count + 2, suite.Elements("testcase").Count());
            Assert.Equal("2026-11-23T12:00:00", (string)suite.Attribute("timestamp")!);
            Assert.Equal("1.000", (string)suite.Attribute("time")!);
        }
    }

    [Fact]
    public void A_failure_has_id_sentence_remedy_and_rfc()
    {
        var failure = Read(
                Documents.With(
                    new FindingPart(
                        "mx-uncovered",
                        "breaks",
                        "mx1",
                        "No line covers mx1.",
                        "Add:\nmx: mx1",
                        "8461 §4.1",
                        Evidence()
                    )
                )
            )
            .Descendants("failure")
            .Single();
        Assert.Equal("mx-uncovered", (string)failure.Attribute("type")!);
        Assert.Equal("No line covers mx1.", (string)failure.Attribute("message")!);
        Assert.Equal("Fix: Add:\nmx: mx1\nRFC 8461 §4.1\nseen: x", failure.Value);
        Assert.Equal("mx-uncovered mx1", (string)failure.Parent!.Attribute("name")!);
        Assert.Equal("example.com", (string)failure.Parent.Attribute("classname")!);
    }

    [Theory]
    [InlineData("breaks", "failure")]
    [InlineData("off", "failure")]
    [InlineData("unknown", "skipped")]
    [InlineData("warn", "system-out")]
    [InlineData("info", "system-out")]
    [InlineData("ok", "system-out")]
    public void A_level_has_its_outcome(string level, string element)
    {
        var test = Read(Documents.With(Documents.Finding("mx-uncovered", level, "text"))).Descendants("testcase").Last();
        Assert.Equal(element, test.Elements().Single().Name.LocalName);
    }

    [Fact]
    public void Findings_of_one_id_and_subject_have_names_of_their_own()
    {
        var finding = Documents.Finding("mx-uncovered", "warn", "text");
        var names = Read(Documents.With(finding, finding)).Descendants("testcase").Select(t => (string)t.Attribute("name")!);
        Assert.Equal(["mx-uncovered text", "mx-uncovered text (2)"], names.Skip(2));
    }

    [Fact]
    public void Hostile_text_is_inert()
    {
        var text = JUnitReport.Of([Documents.Full(Documents.Hostile)]);
        Assert.DoesNotContain("<script", text, StringComparison.Ordinal);
        Assert.DoesNotContain("]]>", text, StringComparison.Ordinal);
        Assert.True(Documents.IsInert(text));
        var suites = Read(Documents.Full(Documents.Hostile));
        Assert.Equal(8, suites.Descendants("testcase").Count());
        Assert.Contains("<script>alert(1)</script>&amp;", suites.Descendants("failure").Last().Value, StringComparison.Ordinal);
        Assert.Contains(@"\x00\x07\x1B[31m", suites.Descendants("failure").Last().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_makes_a_valid_document() => Documents.AnyText.Sample(text => Read(Documents.Full(text)) is not null);

    [Fact]
    public void No_check_at_all_is_a_valid_document() => Assert.Empty(Read().Elements());

    private static Dictionary<string, string> Evidence() => new() { ["seen"] = "x" };

    private static XElement Read(params CheckDocument[] documents)
    {
        var settings = new XmlReaderSettings
        {
            ValidationType = ValidationType.Schema,
            Schemas = Schema,
            DtdProcessing = DtdProcessing.Prohibit,
        };
        using var reader = XmlReader.Create(new StringReader(JUnitReport.Of(documents)), settings); // throws on what is not valid
        return XDocument.Load(reader).Root!;
    }

    private static XmlSchemaSet ReadSchema()
    {
        var schemas = new XmlSchemaSet();
        schemas.Add(null, Path.Combine(RepositoryRoot.Path, "tests/Postseal.Tests/Checks/Export/Schemas/junit.xsd"));
        return schemas;
    }
}
