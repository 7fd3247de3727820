using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Postseal.Server.Pages;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Pages;
using Postseal.Server.SenderTest.Running;
using Postseal.Server.SenderTest.Tests;
using Postseal.Server.SenderTest.Verdicts;
using Postseal.Server.Store;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Web;

/// <summary>A case that cannot be played here is listed all the same, with the reason.</summary>
public sealed class NotOfferedTests : IAsyncLifetime
{
    private const string Reason = "The machine that plays the cases has no IPv6.";

    private readonly string _data = Directory.CreateTempSubdirectory("postseal-tests-").FullName;
    private readonly FakeTimeProvider _clock = new(new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
    private Database _database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await Database.OpenSqliteAsync(_data, _clock, Ct);

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_IPv6_its_case_has_no_address_and_says_why(bool hasIPv6)
    {
        using var desk = Desk(CaseNeeds.Missing(hasIPv6), places: 1);
        var key = (await desk.OpenAsync(ClientKey.Of(IPAddress.Loopback), Ct)).Key!;
        var report = await desk.ReportAsync(desk.Find(key)!, Ct);
        var case26 = report.Cases.Single(c => c.Case.Id == "C26");
        Assert.Equal(hasIPv6, case26.Address is not null);
        Assert.Equal(hasIPv6 ? Outcome.Inconclusive : Outcome.NotOffered, case26.Verdict.Outcome);
        Assert.Equal(hasIPv6, case26.Verdict.Seen != Reason);
        Assert.Equal(hasIPv6, desk.Bench.Domains.Any(d => d.Name == case26.Case.Domain));

        var form = new OpenTestModel([.. report.Cases.Select(c => c.Case)], desk.Bench.NotOffered, IsDeleted: false);
        Assert.Equal(report.Cases.Count - (hasIPv6 ? 0 : 1), form.Offered);
        foreach (
            var page in (string[])
                [
                    await Html.OfAsync<OpenTest, OpenTestModel>(form, Ct),
                    await Html.OfAsync<TestView, TestViewModel>(new(key, report, null, _clock.GetUtcNow()), Ct),
                ]
        )
            Assert.Equal(!hasIPv6, page.Contains(Reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_command_line_says_the_same(bool hasIPv6)
    {
        var options = new RunOptions(new("127.0.0.1", 25), "me@example.com", null, ["C26"], TimeSpan.FromMinutes(1), []);
        var (plan, _) = RunPlan.Make(options, hasIPv6, _clock.GetUtcNow());
        Assert.Equal(hasIPv6 ? null : Reason, plan!.NotOffered.GetValueOrDefault("C26"));
    }

    [Fact]
    public async Task A_test_without_a_place_does_not_hide_why_a_case_is_never_offered()
    {
        using var desk = Desk(new() { ["C19"] = "Never here." }, places: 0);
        var key = (await desk.OpenAsync(ClientKey.Of(IPAddress.Loopback), Ct)).Key!;
        var seen = (await desk.ReportAsync(desk.Find(key)!, Ct)).Cases.ToDictionary(c => c.Case.Id, c => c.Verdict.Seen);
        Assert.Equal("Never here.", seen["C19"]);
        Assert.Contains("in use by other tests", seen["C20"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_shares_an_address_with_others_learns_that_the_places_may_be_theirs()
    {
        using var desk = Desk([], places: 8);
        var key = "";
        for (var i = 0; i <= TestLimits.PlacesPerClient; i++)
            key = (await desk.OpenAsync(ClientKey.Of(IPAddress.Loopback), Ct)).Key!;

        var seen = (await desk.ReportAsync(desk.Find(key)!, Ct)).Cases.Single(c => c.Case.Id == "C20").Verdict.Seen;
        Assert.Contains("opened from your network address", seen, StringComparison.Ordinal);
        Assert.Contains("of others behind the same address", seen, StringComparison.Ordinal);
    }

    private TestDesk Desk(Dictionary<string, string> notOffered, int places) =>
        new(new("sender.example", [], places, notOffered), new(_database), _clock, NullLogger.Instance);
}
