using Postseal.SystemTests.Cli;
using Postseal.SystemTests.Servers;
using Postseal.SystemTests.Sites;

namespace Postseal.SystemTests.Stories;

/// <summary>Domains without a fault: protected, on trial, or without protection by choice.</summary>
public sealed class HealthyTests(RealInternet internet)
{
    public static IReadOnlyList<Story> All { get; } =
    [
        new(new("enforced")) { Verdict = "mail ok, protection enforced", Decides = ["allowed mx1.@"] },
        new(
            new("enforced-and-dane")
            {
                Zone = Zone.Secure,
                Mx = [new("mx1") { Tlsa = Tlsa.LeafKey }, new("mx2") { Tlsa = Tlsa.IssuerKey }],
            }
        )
        {
            Verdict = "mail ok, protection enforced",
            Shows = ["ok dane-present @"],
            Decides = ["allowed mx1.@", "allowed mx2.@"],
        },
        new(
            new("dane-alone")
            {
                Zone = Zone.Secure,
                Mode = null,
                Mx = [new("mx1") { Tlsa = Tlsa.LeafKey }],
            }
        )
        {
            Verdict = "mail ok, protection enforced",
            Shows = ["info sts-txt-missing _mta-sts.@"],
            Decides = ["allowed mx1.@"],
        },
        new(new("tested") { Mode = "testing" })
        {
            Verdict = "mail ok, protection testing",
            Shows = ["warn pol-mode-testing @"],
            Decides = ["unprotected mx1.@"],
        },
        new(new("withdrawn") { Mode = "none" })
        {
            Verdict = "mail ok, protection none",
            Shows = ["info pol-mode-none @"],
            Decides = ["unprotected mx1.@"],
        },
        new(new("nothing-published") { Mode = null })
        {
            Verdict = "mail ok, protection none",
            Shows = ["info sts-txt-missing _mta-sts.@"],
            Decides = ["unprotected mx1.@"],
        },
    ];

    public static TheoryData<string> Names { get; } = Story.NamesOf(All);

    [Theory, MemberData(nameof(Names))]
    public async Task A_domain_without_a_fault_is_accused_of_nothing(string name) =>
        await All.Single(s => s.Site.Name == name).TellAsync(internet, TestContext.Current.CancellationToken);

    [Theory]
    [InlineData("enforced")]
    [InlineData("enforced-and-dane")]
    public async Task A_domain_that_does_everything_right_is_not_even_warned(string name)
    {
        var site = All.Single(s => s.Site.Name == name).Site;

        var (_, report) = await internet.CheckAsync(site, TestContext.Current.CancellationToken);

        Assert.DoesNotContain(report.Lines, line => line.StartsWith("warn ", StringComparison.Ordinal));
    }
}
