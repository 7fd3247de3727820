using System.Text;
using Postseal.Protocol;
using Postseal.Server.SenderTest.Cases;

namespace Postseal.Server.SenderTest.Deployment;

/// <summary>A verification for people: a line per case, what to do below it, and the sum.</summary>
internal static class VerificationText
{
    private const int IdWidth = 12; // control-dane
    private const int MaxLength = 1000; // of a text: a sentence, with values from outside

    private static readonly string Indent = new(' ', IdWidth + 2);

    /// <summary>The lines of one case.</summary>
    /// <param name="one">The case.</param>
    /// <param name="zone">The zone of all cases.</param>
    public static string Of(VerifiedCase one, string zone)
    {
        var label = Label(one.Case, zone).PadRight(IdWidth + 2);
        var text = new StringBuilder();
        if (one.State == CaseState.AsItShouldBe)
            return text.Append(label).Append("as it should be\n").ToString();

        foreach (var problem in one.Problems)
        {
            text.Append(label).Append(problem.IsProven ? "WRONG: " : "NOT KNOWN: ");
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

    // A domain that changes with a test exists several times: C19 in the place p3 is c19.p3.ZONE.
    private static string Label(SenderCase one, string zone)
    {
        var place = one.Domain[one.Id.Length..^zone.Length].Trim('.');
        return place.Length == 0 ? one.Id : $"{one.Id} {place}";
    }
}
