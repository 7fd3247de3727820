using System.Globalization;
using System.Text;
using Postseal.Server.SenderTest.Cases;

namespace Postseal.SystemTests.Conformance;

/// <summary>docs/conformance.md, made from runs.</summary>
internal static class ConformancePage
{
    private const string Intro = """
        # Conformance: what real senders do

        Made by the system tests (`tests/Postseal.SystemTests/Conformance`) from runs of `postseal-server sender-test`: each sender sends one message, or a
        few, to domains of which each is broken in exactly one way. `docs/guide/sender-conformance.md` tells how to run it against a server of your own.

        ✓ it did what RFC 8461 or 7672 asks · ✗ it did not · ? what was seen proves nothing · – not offered in a run of minutes

        """;

    /// <summary>Where the part begins that is the same on every machine.</summary>
    public const string Matrix = "## Cases";

    public static string Of(IReadOnlyList<ConformanceRun> runs, DateTimeOffset made)
    {
        var page = new StringBuilder(Intro);
        page.Append('\n')
            .Append(CultureInfo.InvariantCulture, $"Runs of {made:yyyy-MM-dd}:\n\n| sender | version |\n| --- | --- |\n");
        foreach (var run in runs)
            page.Append(CultureInfo.InvariantCulture, $"| {run.Sender.Name} | {run.Version} |\n");

        page.Append('\n').Append(Matrix).Append("\n\n");
        Row(page, ["", "case", "expected", .. runs.Select(r => r.Sender.Name)]);
        Row(page, Enumerable.Repeat("---", runs.Count + 3));
        foreach (var played in CaseCatalogue.All("lab.test", _ => false))
            Row(page, [played.Id, played.Title, Word(played.Expected), .. runs.Select(r => Sign(r[played.Id]))]);

        page.Append("\n## Answers\n\n");
        Row(page, ["", .. runs.Select(r => r.Sender.Name)]);
        Row(page, Enumerable.Repeat("---", runs.Count + 1));
        Row(page, ["MTA-STS", .. runs.Select(r => r.Result.Overall.MtaSts)]);
        Row(page, ["DANE", .. runs.Select(r => r.Result.Overall.Dane)]);
        Row(page, ["DANE goes before MTA-STS", .. runs.Select(r => r.Result.Overall.Precedence)]);
        Failures(page, runs);
        return page.ToString();
    }

    private static void Failures(StringBuilder page, IReadOnlyList<ConformanceRun> runs)
    {
        page.Append("\n## What went wrong\n");
        foreach (var run in runs.Where(r => r.With("fail").Any()))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n{run.Sender.Name}:\n\n");
            foreach (var failed in run.Result.Cases.Where(c => c.Verdict == "fail"))
                page.Append(CultureInfo.InvariantCulture, $"- {failed.Id}: {failed.Seen}\n");
        }
    }

    private static void Row(StringBuilder page, IEnumerable<string> cells) =>
        page.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static string Sign(string verdict) =>
        verdict switch
        {
            "pass" => "✓",
            "fail" => "✗",
            "not-offered" => "–",
            _ => "?",
        };

    private static string Word(Expectation expected) =>
        expected switch
        {
            Expectation.Deliver => "delivers",
            Expectation.DeliverToSecond => "delivers to the second MX",
            Expectation.Refuse => "refuses",
            Expectation.Report => "reports",
            _ => "either",
        };
}
