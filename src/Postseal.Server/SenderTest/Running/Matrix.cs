using System.Text;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Documents;
using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Server.SenderTest.Running;

/// <summary>A run as text: the answers first, then every case.</summary>
internal static class Matrix
{
    private const string NextStep =
        "Too little was seen of some: see that the server delivers to C0 and the control, and give it more time (--wait).";

    public static string Of(SenderPart sender, IReadOnlyList<SenderCase> cases, RunVerdict verdict)
    {
        var text = new StringBuilder();
        text.Append("Sender test of ").Append(sender.Via).Append('\n');
        AppendNames(text, "delivers as", sender.Names);
        AppendNames(text, "fetches as", sender.Agents);
        text.Append('\n')
            .Append("  MTA-STS                  ")
            .Append(VerdictWords.Of(verdict.MtaSts))
            .Append('\n')
            .Append("  DANE                     ")
            .Append(VerdictWords.Of(verdict.Dane))
            .Append('\n')
            .Append("  DANE goes before MTA-STS ")
            .Append(VerdictWords.Of(verdict.Precedence))
            .Append('\n')
            .Append("  TLS reports              ")
            .Append(VerdictWords.Of(verdict.TlsReports))
            .Append('\n')
            .Append("  ")
            .Append(Count(verdict))
            .Append('\n');
        if (verdict.Cases.Any(c => c.Outcome == Outcome.Inconclusive))
            text.Append("  ").Append(NextStep).Append('\n');

        var played = cases.ToDictionary(c => c.Id);
        var width = verdict.Cases.Max(c => c.Id.Length);
        foreach (var of in verdict.Cases)
            AppendCase(text, of, played[of.Id], width);

        return text.ToString();
    }

    private static string Count(RunVerdict verdict) =>
        string.Join(
            ", ",
            verdict.Cases.GroupBy(c => c.Outcome).OrderBy(g => g.Key).Select(g => $"{g.Count()} {VerdictWords.Of(g.Key)}")
        );

    private static void AppendNames(StringBuilder text, string what, IReadOnlyList<string> names)
    {
        if (names.Count > 0)
            text.Append("  ").Append(what.PadRight(25)).Append(string.Join(", ", names)).Append('\n');
    }

    private static void AppendCase(StringBuilder text, CaseVerdict of, SenderCase played, int width)
    {
        var indent = new string(' ', width + 2);
        text.Append('\n').Append(of.Id.PadRight(width)).Append("  ");
        text.Append(VerdictWords.Of(of.Outcome).ToUpperInvariant()).Append("  ").Append(played.Title).Append('\n');
        text.Append(indent).Append("expected  ").Append(of.Expected).Append('\n');
        text.Append(indent).Append("seen      ").Append(of.Seen).Append('\n');
        if (of.Outcome == Outcome.Fail)
            text.Append(indent).Append("to do     ").Append(played.Remedy).Append('\n');

        // What passed needs no proof on a terminal; the JSON has it.
        if (of.Outcome is Outcome.Fail or Outcome.Inconclusive)
        {
            foreach (var line in of.Evidence)
                text.Append(indent).Append("        · ").Append(line).Append('\n');
        }
    }
}
