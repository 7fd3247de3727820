using Postseal.Checks.Facts;
using Postseal.Checks.Rules;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Dns;
using Xunit;
using static Postseal.Tests.Checks.Rules.MxFacts;

namespace Postseal.Tests.Checks.Rules;

public sealed class MxCoverageTests
{
    [Theory]
    [Trait("rfc", "8461-4.1-1")]
    [Trait("rfc", "8461-4.1-4")]
    [InlineData(Enforce, "mx1.example.com", "mx-uncovered Ok mx1.example.com")]
    [InlineData(Enforce, "*.example.com", "mx-uncovered Ok mx1.example.com")]
    [InlineData(Enforce, "mx2.example.com", "mx-uncovered Breaks mx1.example.com")]
    [InlineData(Enforce, "example.com", "mx-uncovered Breaks mx1.example.com")]
    [InlineData(Testing, "mx1.example.com", "mx-uncovered Ok mx1.example.com")]
    [InlineData(Testing, "mx2.example.com", "mx-uncovered Warn mx1.example.com")]
    [InlineData("none", "mx2.example.com", null)]
    public void A_host_is_covered_or_not(string mode, string mx, string? expected)
    {
        var facts = FactsBuilder.Healthy().WithHosts(Host()).WithPolicy(Policy(mode, mx));

        Assert.Equal(expected is null ? [] : [expected], Lines(facts, MxCoverage.Uncovered));
    }

    [Fact]
    public void Without_a_policy_nothing_is_said()
    {
        var facts = Facts(NoPolicy, Host());

        Assert.Empty(Coverage(facts));
    }

    [Theory]
    [InlineData(
        "mx2.example.com",
        "Add this line to the policy, then change the id in the _mta-sts record:\nmx: mx1.example.com"
    )]
    [InlineData(
        "mx1.exmaple.com",
        "In the policy replace mx: mx1.exmaple.com by this line, then change the id in the _mta-sts record:\nmx: mx1.example.com"
    )]
    [InlineData(
        "mx.old-provider.net",
        "If this host is to take your mail, add this line to the policy and then change the id in the _mta-sts record "
            + "(if not, remove its MX record):\nmx: mx1.example.com"
    )]
    public void The_remedy_ends_with_the_exact_line(string mx, string remedy)
    {
        var facts = FactsBuilder.Healthy().WithHosts(Host(), Host("mx2.example.com")).WithPolicy(Policy(Enforce, mx));

        var finding = MxCoverage.Uncovered(facts).First();

        Assert.Equal(remedy, finding.Remedy);
        Assert.Equal("mx: mx1.example.com", finding.Evidence["line"]);
    }

    [Fact]
    [Trait("rfc", "8461-4.1-2")]
    public void A_wildcard_that_is_too_shallow_is_explained_with_its_fix()
    {
        var facts = FactsBuilder.Healthy().WithHosts(Host("a.mx.example.com")).WithPolicy(Policy(Enforce, "*.example.com"));

        Assert.Equal(["mx-uncovered Breaks a.mx.example.com", "mx-wildcard-depth Warn a.mx.example.com"], Coverage(facts));
        Assert.Equal("mx: *.mx.example.com", MxCoverage.Hints(facts).Single().Evidence["line"]);
    }

    [Fact]
    public void Another_mismatch_gets_its_class_as_a_hint()
    {
        var facts = FactsBuilder.Healthy().WithHosts(Host()).WithPolicy(Policy(Enforce, "mta-sts.example.com"));

        Assert.Equal(["mx-uncovered Breaks mx1.example.com", "mx-mismatch-class Info mx1.example.com"], Coverage(facts));
        Assert.Equal("lists-mta-sts-host", MxCoverage.Hints(facts).Single().Evidence["class"]);
    }

    [Theory]
    [InlineData("mx1.example.com mx2.example.com", "")]
    [InlineData("mx1.example.com", "mx-partly-uncovered Warn example.com")]
    [InlineData("mx9.example.com", "")]
    [Trait("rfc", "8461-8.4-2")]
    public void Some_hosts_are_covered(string mx, string expected)
    {
        var facts = FactsBuilder.Healthy().WithHosts(Host(), Host("mx2.example.com")).WithPolicy(Policy(Enforce, mx.Split(' ')));

        Assert.Equal(expected, string.Join(' ', Lines(facts, MxCoverage.Partly)));
    }

    [Theory]
    [Trait("rfc", "8461-4.1-4")]
    [InlineData("mx1.example.com", null)]
    [InlineData("mx1.example.com *.old-provider.net", "*.old-provider.net")]
    [InlineData("mx1.example.com a.old-provider.net b.old-provider.net", "a.old-provider.net, b.old-provider.net")]
    [InlineData("mx1.example.com 192.0.2.1", null)] // the policy's own rules speak of it
    [InlineData("mx1.example.com mta-sts.example.com", null)] // likewise
    [InlineData("mx.old-provider.net", null)] // mx-uncovered speaks of it
    public void A_line_without_a_host(string mx, string? patterns)
    {
        var facts = FactsBuilder.Healthy().WithHosts(Host()).WithPolicy(Policy(Enforce, mx.Split(' ')));

        Assert.Equal(patterns, MxCoverage.Unused(facts).SingleOrDefault()?.Evidence["patterns"]);
    }

    [Fact]
    public void A_line_that_was_meant_for_an_uncovered_host_is_not_accused_twice()
    {
        var facts = FactsBuilder
            .Healthy()
            .WithHosts(Host(), Host("mx2.example.com"))
            .WithPolicy(Policy(Enforce, "mx1.example.com", "mx2.exmaple.com"));

        Assert.Empty(MxCoverage.Unused(facts));
    }

    [Fact]
    [Trait("rfc", "7672-2.2-1")]
    public void Where_DANE_decides_an_uncovered_host_is_a_risk_only()
    {
        var facts = FactsBuilder
            .Healthy()
            .WithHosts(DaneHost([Matching]))
            .WithPolicy(Policy(Enforce, "mx2.example.com"))
            .Secure();

        Assert.Equal(["mx-uncovered Warn mx1.example.com"], Lines(facts, MxCoverage.Uncovered));
    }

    [Fact]
    public void A_host_that_DANE_makes_unreachable_is_not_accused_of_the_policy_too()
    {
        var failed = Host() with { Dane = new DaneLookup.Failed(DnsFailure.Bogus, "Bogus.") };
        var facts = FactsBuilder.Healthy().WithHosts(failed).WithPolicy(Policy(Enforce, "mx2.example.com")).Secure();

        Assert.Equal(["mx-uncovered Warn mx1.example.com"], Lines(facts, MxCoverage.Uncovered));
    }

    [Fact]
    public void A_leftover_verification_record_needs_no_line()
    {
        var facts = FactsBuilder
            .Healthy()
            .WithHosts(Host(), Host("ms12345.msv1.invalid"))
            .WithPolicy(Policy(Enforce, "mx1.example.com"));

        Assert.Equal(["mx-uncovered Ok mx1.example.com"], Coverage(facts));
    }

    private static string[] Coverage(DomainFacts facts) =>
        Lines(facts, MxCoverage.Uncovered, MxCoverage.Hints, MxCoverage.Partly, MxCoverage.Unused);
}
