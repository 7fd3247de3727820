using Postseal.Server.SenderTest.Documents;
using Postseal.Server.SenderTest.Running;
using Postseal.Server.SenderTest.Verdicts;
using Xunit;
using static Postseal.Tests.Server.SenderTest.Sightings;

namespace Postseal.Tests.Server.SenderTest.Running;

/// <summary>A run as text.</summary>
public sealed class MatrixTests
{
    [Fact]
    public void What_failed_comes_with_what_to_do_and_what_is_open_with_the_next_step()
    {
        var text = Text(("C2", Outcome.Fail), ("C26", Outcome.Inconclusive), ("C27", Outcome.Pass));
        Assert.Contains($"\n     seen      SEEN\n     to do     {Case("C2").Remedy}\n", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split("to do").Length);
        Assert.Contains("  Too little was seen of some: ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_all_passed_nothing_is_to_do()
    {
        var text = Text(("C2", Outcome.Pass), ("C26", Outcome.NotOffered));
        Assert.DoesNotContain("to do", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Too little", text, StringComparison.Ordinal);
    }

    private static string Text(params (string Id, Outcome Outcome)[] outcomes) =>
        Matrix.Of(
            SenderPart.Of("127.0.0.1:25", []),
            Cases,
            new(
                Support.Partly,
                Support.Yes,
                Support.Yes,
                Support.Inconclusive,
                IsFinal: true,
                [.. outcomes.Select(o => new CaseVerdict(o.Id, o.Outcome, "EXPECTED", "SEEN", ["line"]))]
            )
        );
}
