using Postseal.Checks;
using Postseal.Checks.Findings;
using Postseal.Protocol;
using Postseal.Server.SenderTest.Deployment;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Deployment;

public sealed class CaseFindingsTests(CasesFixture fixture) : IClassFixture<CasesFixture>
{
    public static TheoryData<string> Ids { get; } = [.. CasesFixture.Cases.Select(c => c.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task The_checker_finds_the_fault_that_a_case_is_made_for_and_no_other(string id)
    {
        var expected = CaseFindings.Of(id);
        Assert.True(expected is not null, $"{id} is not in CaseFindings: say there what the checker must find about its domain.");
        var findings = await CheckAsync(id, TestContext.Current.CancellationToken);
        if (!CasesFixture.Offered.Any(c => c.Id == id))
            Assert.Skip("This machine cannot offer the case.");

        Assert.All(expected, e => Assert.Contains(findings, e.IsMetBy));
        Assert.DoesNotContain(findings, f => CaseFindings.Spoils(f) && !expected.Any(e => e.Names(f)));
        Assert.DoesNotContain(findings, f => f.Level == Level.Unknown);
    }

    [Fact]
    public void Every_finding_that_is_named_is_one_of_the_catalogue() =>
        Assert.Empty(
            CasesFixture
                .Cases.SelectMany(c => CaseFindings.Of(c.Id) ?? [])
                .Select(e => e.Id)
                .Concat(CaseFindings.SpoilAtAnyLevel)
                .Except(Catalogue.All.Select(k => k.Id))
        );

    [Fact]
    public void Every_expectation_tells_what_is_missing_and_what_to_do() =>
        Assert.All(
            CasesFixture.Cases.SelectMany(c => CaseFindings.Of(c.Id) ?? []),
            e =>
            {
                Assert.EndsWith(".", e.Missing, StringComparison.Ordinal);
                Assert.EndsWith(".", e.Remedy, StringComparison.Ordinal);
            }
        );

    private async Task<IReadOnlyList<Finding>> CheckAsync(string id, CancellationToken ct)
    {
        var engine = CasesFixture.Engine(CasesFixture.Settings(fixture.Internet));
        using var check = new DomainCheck(engine.Dns, engine.PolicyHost, engine.Options, TimeProvider.System);
        return (await check.RunAsync(DomainName.Parse(CasesFixture.Cases.Single(c => c.Id == id).Domain), null, ct)).Findings;
    }
}
