using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Verdicts;
using Xunit;

namespace Postseal.Tests.Server.SenderTest;

/// <summary>The table of DANE and of what goes first: P passed, F failed, ? not known; the cases are control-dane, C2, C22 and C23.</summary>
public sealed class DaneJudgeTests
{
    [Theory]
    [Trait("rfc", "8461-2-1")]
    [InlineData("PPPP", Support.Yes, "Yes Yes")]
    [InlineData("P???", Support.Yes, "Yes Inconclusive")]
    [InlineData("PPP?", Support.Yes, "Yes Inconclusive")]
    [InlineData("PPFF", Support.Yes, "Yes No")]
    [InlineData("PPPF", Support.Yes, "Yes Partly")]
    [InlineData("PFFP", Support.Partly, "Yes Partly")]
    [InlineData("PFPP", Support.No, "Yes Inconclusive")]
    [InlineData("PFPF", Support.No, "Partly Inconclusive")]
    [InlineData("P?FP", Support.Inconclusive, "Partly Inconclusive")]
    [InlineData("FPFF", Support.Yes, "No Inconclusive")]
    [InlineData("FFPF", Support.No, "No Inconclusive")]
    [InlineData("FFPF", Support.Partly, "No Inconclusive")]
    [InlineData("F???", Support.Inconclusive, "No Inconclusive")]
    [InlineData("FPPF", Support.Yes, "Partly Partly")]
    [InlineData("FPPP", Support.Yes, "Partly Yes")]
    [InlineData("FFPP", Support.No, "Partly Inconclusive")]
    [InlineData("?PPP", Support.Yes, "Yes Yes")]
    [InlineData("?PFP", Support.Partly, "Yes Partly")]
    [InlineData("?FFP", Support.No, "Partly Inconclusive")]
    [InlineData("?FPF", Support.No, "No Inconclusive")]
    [InlineData("?FPF", Support.Partly, "Inconclusive Inconclusive")]
    [InlineData("?PFF", Support.Yes, "Inconclusive Inconclusive")]
    [InlineData("????", Support.Yes, "Inconclusive Inconclusive")]
    public void DANE_and_what_goes_first(string seen, Support mtaSts, string answers)
    {
        string[] ids = [CaseCatalogue.DaneControlId, "C2", "C22", "C23"];
        foreach (var unknown in new[] { Outcome.Inconclusive, Outcome.NotOffered })
        {
            var judge = new DaneJudge(ids.Zip(seen).ToDictionary(c => c.First, c => Read(c.Second, unknown)), mtaSts);
            Assert.Equal(answers, $"{judge.Dane} {judge.Precedence}");
        }
        var played = ids.Zip(seen).Where(c => c.Second != '?').ToDictionary(c => c.First, c => Read(c.Second, default));
        Assert.Equal(answers, $"{new DaneJudge(played, mtaSts).Dane} {new DaneJudge(played, mtaSts).Precedence}");
    }

    private static Outcome Read(char letter, Outcome unknown) =>
        letter switch
        {
            'P' => Outcome.Pass,
            'F' => Outcome.Fail,
            _ => unknown,
        };
}
