using System.Globalization;
using System.Text;
using System.Xml;
using Postseal.Checks.Json;

namespace Postseal.Checks.Export;

/// <summary>
/// Checks as JUnit XML, for pipelines that show test results. A domain is a test suite; its first two cases are the two answers of the verdict, then each
/// finding is one. Counts agree with the exit code: there is an error exactly when the verdict could not be told (3), and without one a failure
/// exactly when something breaks or is off (1). So a single thing that could not be tested is a skipped case and not an error: it decides nothing.
/// Warnings and facts pass, with their text as the case's output.
/// </summary>
/// <remarks>The shape is that of Jenkins' xUnit plugin, which refuses what it does not know: everything else that reads JUnit XML reads this. Times of day
/// are UTC, without a zone as in the older schema of Ant's task.</remarks>
public static class JUnitReport
{
    /// <summary>The media type to ask for and to answer with. No registered one exists.</summary>
    public const string MediaType = "application/junit+xml";

    /// <summary>The document, to be written as UTF-8.</summary>
    public static string Of(IReadOnlyList<CheckDocument> documents)
    {
        JUnitSuite[] suites = [.. documents.Select(JUnitSuite.Of)];
        var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        var settings = new XmlWriterSettings
        {
            Indent = true,
            NewLineChars = "\n",
            OmitXmlDeclaration = true, // a writer of strings would declare UTF-16
        };
        using (var xml = XmlWriter.Create(text, settings))
        {
            xml.WriteStartElement("testsuites");
            xml.WriteAttributeString("name", "postseal check");
            WriteCounts(xml, [.. suites.SelectMany(s => s.Cases)]);
            xml.WriteAttributeString("time", Seconds(documents.Sum(d => d.DurationMs)));
            foreach (var suite in suites)
                WriteSuite(xml, suite);

            xml.WriteEndElement();
        }

        return text.Append('\n').ToString();
    }

    private static void WriteSuite(XmlWriter xml, JUnitSuite suite)
    {
        var document = suite.Document;
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", document.Domain);
        WriteCounts(xml, suite.Cases);
        xml.WriteAttributeString("skipped", Count(suite.Cases, JUnitOutcome.Skipped));
        xml.WriteAttributeString("time", Seconds(document.DurationMs));
        xml.WriteAttributeString("timestamp", document.CheckedAt.TrimEnd('Z'));

        xml.WriteStartElement("properties");
        WriteProperty(xml, "mail", document.Verdict.Mail);
        WriteProperty(xml, "protection", document.Verdict.Protection);
        WriteProperty(xml, "summary", ExportText.Line(document.Verdict.Summary));
        xml.WriteEndElement();

        foreach (var test in suite.Cases)
            WriteCase(xml, document.Domain, test);

        xml.WriteEndElement();
    }

    private static void WriteCase(XmlWriter xml, string domain, JUnitCase test)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("name", test.Name);
        xml.WriteAttributeString("classname", domain);
        xml.WriteAttributeString("time", "0"); // a domain is checked as a whole: its findings have no times of their own
        if (test.Outcome == JUnitOutcome.Passed)
        {
            xml.WriteElementString("system-out", string.Join('\n', [test.Message, .. test.Details]));
        }
        else
        {
            xml.WriteStartElement(Element(test.Outcome));
            xml.WriteAttributeString("type", test.Type);
            xml.WriteAttributeString("message", test.Message);
            xml.WriteString(string.Join('\n', test.Details));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static string Element(JUnitOutcome outcome) =>
        outcome switch
        {
            JUnitOutcome.Failure => "failure",
            JUnitOutcome.Error => "error",
            _ => "skipped",
        };

    private static void WriteCounts(XmlWriter xml, IReadOnlyList<JUnitCase> cases)
    {
        xml.WriteAttributeString("tests", cases.Count.ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("failures", Count(cases, JUnitOutcome.Failure));
        xml.WriteAttributeString("errors", Count(cases, JUnitOutcome.Error));
    }

    private static void WriteProperty(XmlWriter xml, string name, string value)
    {
        xml.WriteStartElement("property");
        xml.WriteAttributeString("name", name);
        xml.WriteAttributeString("value", value);
        xml.WriteEndElement();
    }

    private static string Count(IReadOnlyList<JUnitCase> cases, JUnitOutcome outcome) =>
        cases.Count(c => c.Outcome == outcome).ToString(CultureInfo.InvariantCulture);

    private static string Seconds(long milliseconds) => (milliseconds / 1000m).ToString("0.000", CultureInfo.InvariantCulture);
}
