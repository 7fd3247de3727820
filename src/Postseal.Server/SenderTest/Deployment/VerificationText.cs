using System.Text;
using Postseal.Protocol;

namespace Postseal.Server.SenderTest.Deployment;

/// <summary>A verification for people: a line per case, what to do below it, and the sum.</summary>
internal static class VerificationText
{
    private const int IdWidth = 12; // control-dane
    private const int MaxLength = 1000; // of a text: a sentence, with values from outside

    private static readonly string Indent = new(' ', IdWidth + 2);

    /// <summary>The lines of one case.</summary>
    public static string Of(VerifiedCase one)
    {
        var text = new StringBuilder();
        if (one.State == CaseState.AsItShouldBe)
            return text.Append(Label(one)).Append("as it should be\n").ToString();

        foreach (var problem in one.Problems)
        {
            text.Append(Label(one)).Append(problem.IsProven ? "WRONG: " : "NOT KNOWN: ");
            text.Append(PrintableText.Of(problem.Text, MaxLength)).Append('\n');
            foreach (var line in problem.Remedy.Split('\n'))
                text.Append(Indent).Append(PrintableText.Of(line, MaxLength)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The last line.</summary>
    public static string Sum(IReadOnlyList<VerifiedCase> all)
    {
        string[] parts =
        [
            .. new[]
            {
                (Of(CaseState.AsItShouldBe), "as they should be"),
                (Of(CaseState.Wrong), "wrong"),
                (Of(CaseState.NotKnown), "not known"),
            }
                .Where(p => p.Item1 > 0)
                .Select(p => $"{p.Item1} {p.Item2}"),
        ];
        return $"\n{all.Count} cases: {string.Join(", ", parts)}\n";

        int Of(CaseState state) => all.Count(c => c.State == state);
    }

    private static string Label(VerifiedCase one) => one.Case.Id.PadRight(IdWidth + 2);
}
