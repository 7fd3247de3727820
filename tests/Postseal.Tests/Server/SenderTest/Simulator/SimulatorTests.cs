using Postseal.Server.SenderTest.Verdicts;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Simulator;

/// <summary>The test of the test: each defect of a sender turns its own cases red and no others.</summary>
public sealed class SimulatorTests
{
    [Theory]
    [InlineData(Defect.None, "")]
    [InlineData(Defect.IgnoresPolicies, "C0 C1 C2 C3 C4 C5 C6 C7 C18 C19 C24")]
    [InlineData(Defect.FollowsRedirects, "C11")]
    [InlineData(Defect.AcceptsAnyCertificate, "C2 C3 C4 C5 C19")]
    [InlineData(Defect.MatchesWildcardsTooDeep, "C18")]
    [InlineData(Defect.IgnoresMxPatterns, "C6 C7 C18")]
    [InlineData(Defect.ForgetsPolicies, "C19")]
    [InlineData(Defect.NeverRefreshes, "C20")]
    [InlineData(Defect.PrefersStsOverDane, "C22 C23")]
    [InlineData(Defect.IgnoresDane, "C22 C23")]
    [InlineData(Defect.NeverTriesSecondMx, "C7")]
    [InlineData(Defect.EnforcesTesting, "C8")]
    [InlineData(Defect.TakesFirstRecord, "C16")]
    [InlineData(Defect.SendsNoSni, "C27")]
    [InlineData(Defect.SendsNoReports, "C25")]
    [InlineData(Defect.FallsBackToClear, "C1 C24")]
    public async Task A_defect_turns_exactly_its_cases_red(Defect defect, string red)
    {
        var verdict = await SimulatedRun.RunAsync(defect, TestContext.Current.CancellationToken);
        Assert.Equal(red, Ids(verdict, Outcome.Fail));
        Assert.Equal("", Ids(verdict, Outcome.Inconclusive));
    }

    [Fact]
    public async Task A_sender_without_IPv6_fails_where_there_is_nothing_else()
    {
        var verdict = await SimulatedRun.RunAsync(Defect.HasNoIPv6, TestContext.Current.CancellationToken);
        Assert.Equal(Postseal.Lab.LabInternet.HasIPv6 ? "C26" : "", Ids(verdict, Outcome.Fail));
    }

    [Theory]
    [InlineData(Defect.None, Support.Yes, Support.Yes, Support.Yes, Support.Yes)]
    [InlineData(Defect.IgnoresPolicies, Support.No, Support.Yes, Support.Yes, Support.Yes)]
    [InlineData(Defect.IgnoresPolicies | Defect.IgnoresDane, Support.No, Support.No, Support.Inconclusive, Support.Yes)]
    [InlineData(Defect.AcceptsAnyCertificate, Support.Partly, Support.Yes, Support.Yes, Support.Yes)]
    [InlineData(Defect.PrefersStsOverDane, Support.Yes, Support.Partly, Support.No, Support.Yes)]
    [InlineData(Defect.IgnoresDane | Defect.SendsNoReports, Support.Yes, Support.No, Support.Inconclusive, Support.No)]
    public async Task The_answer_as_a_whole_follows(
        Defect defects,
        Support sts,
        Support dane,
        Support precedence,
        Support reports
    )
    {
        var verdict = await SimulatedRun.RunAsync(defects, TestContext.Current.CancellationToken);
        Assert.Equal((sts, dane, precedence, reports), (verdict.MtaSts, verdict.Dane, verdict.Precedence, verdict.TlsReports));
    }

    private static string Ids(RunVerdict verdict, Outcome outcome) =>
        string.Join(' ', verdict.Cases.Where(c => c.Outcome == outcome).Select(c => c.Id));
}
