using Postseal.Resolver.Sts;
using Postseal.Server.SenderTest.Verdicts;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Simulator;

/// <summary>The test of the test: each defect of a sender turns its own cases red and no others. The answers are those about MTA-STS, DANE, precedence and reports.</summary>
public sealed class SimulatorTests
{
    [Theory]
    [Trait("rfc", "8461-8.4-1")]
    [InlineData(Defect.None, "", "Yes Yes Yes Yes")]
    [InlineData(Defect.IgnoresPolicies, "C0 C1 C2 C3 C4 C5 C6 C7 C18 C19 C24", "No Yes Inconclusive Yes")]
    [InlineData(Defect.FollowsRedirects, "C11", "Partly Yes Yes Yes")]
    [InlineData(Defect.AcceptsAnyCertificate, "C2 C3 C4 C5 C19", "Partly Yes Yes Yes")]
    [InlineData(Defect.MatchesWildcardsTooDeep, "C18", "Partly Yes Yes Yes")]
    [InlineData(Defect.IgnoresMxPatterns, "C6 C7 C18", "Partly Yes Yes Yes")]
    [InlineData(Defect.ForgetsPolicies, "C19", "Partly Yes Yes Yes")]
    [InlineData(Defect.NeverRefreshes, "C20", "Partly Yes Yes Yes")]
    [InlineData(Defect.NeverRetries, "C20", "Partly Yes Yes Yes")]
    [InlineData(Defect.PrefersStsOverDane, "C22 C23", "Yes Yes No Yes")]
    [InlineData(Defect.IgnoresDane, "control-dane C22 C23", "Yes No Inconclusive Yes")]
    [InlineData(Defect.NeverTriesSecondMx, "C7", "Partly Yes Yes Yes")]
    [InlineData(Defect.EnforcesTesting, "C8", "Partly Yes Yes Yes")]
    [InlineData(Defect.TakesFirstRecord, "C16", "Partly Yes Yes Yes")]
    [InlineData(Defect.TakesAnyStatus, "C10", "Partly Yes Yes Yes")]
    [InlineData(Defect.TakesAnyPolicyHost, "C12", "Partly Yes Yes Yes")]
    [InlineData(Defect.ReadsLongPolicies, "C13", "Partly Yes Yes Yes")]
    [InlineData(Defect.NeedsNoVersion, "C14", "Partly Yes Yes Yes")]
    [InlineData(Defect.TakesAnyMediaType, "C15", "Partly Yes Yes Yes")]
    [InlineData(Defect.TakesAnyId, "C17", "Partly Yes Yes Yes")]
    [InlineData(Defect.VerifiesEverybody, "C8 C9 C20", "Partly Yes Yes Yes")] // and not C10 to C17: it uses no policy there
    [InlineData(Defect.SendsNoSni, "C27", "Partly Yes Yes Yes")]
    [InlineData(Defect.SendsNoReports, "C25", "Yes Yes Yes No")]
    [InlineData(Defect.OnlyPostsReports, "", "Yes Yes Yes Yes")]
    [InlineData(Defect.FallsBackToClear, "C1 C24", "Partly Yes Yes Yes")]
    [InlineData(
        Defect.IgnoresPolicies | Defect.IgnoresDane,
        "C0 C1 C2 C3 C4 C5 C6 C7 C18 C19 control-dane C23 C24",
        "No No Inconclusive Yes"
    )]
    public async Task A_defect_turns_exactly_its_cases_red(Defect defects, string red, string answers)
    {
        var verdict = await SimulatedRun.RunAsync(defects, TestContext.Current.CancellationToken);
        Assert.Equal(red, Ids(verdict, Outcome.Fail));
        Assert.Equal("", Ids(verdict, Outcome.Inconclusive));
        Assert.Equal(answers, $"{verdict.MtaSts} {verdict.Dane} {verdict.Precedence} {verdict.TlsReports}");
    }

    [Fact]
    public async Task A_sender_that_remembers_the_policies_of_an_earlier_run_shows_the_same_again()
    {
        var store = new MemoryPolicyStore();
        for (var run = 0; run < 2; run++)
        {
            var start = Sightings.Start.AddDays(run);
            var verdict = await SimulatedRun.RunAsync(Defect.None, start, store, TestContext.Current.CancellationToken);
            Assert.Equal(Support.Yes, verdict.MtaSts);
            Assert.Equal("", Ids(verdict, Outcome.Fail));
            Assert.Equal("", Ids(verdict, Outcome.Inconclusive));
        }
    }

    [Fact]
    public async Task A_sender_without_IPv6_fails_where_there_is_nothing_else()
    {
        var verdict = await SimulatedRun.RunAsync(Defect.HasNoIPv6, TestContext.Current.CancellationToken);
        Assert.Equal(Postseal.Lab.LabInternet.HasIPv6 ? "C26" : "", Ids(verdict, Outcome.Fail));
    }

    private static string Ids(RunVerdict verdict, Outcome outcome) =>
        string.Join(' ', verdict.Cases.Where(c => c.Outcome == outcome).Select(c => c.Id));
}
