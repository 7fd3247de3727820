using Postseal.Checks.Rules;
using Postseal.Protocol.Tls;
using Postseal.Smtp.Probe;
using Xunit;
using static Postseal.Tests.Checks.Rules.MxFacts;

namespace Postseal.Tests.Checks.Rules;

public sealed class MxVarianceTests
{
    private static readonly TlsOutcome NotOffered = new TlsOutcome.NotOffered();

    public static TheoryData<string, TlsOutcome[], string?> Addresses =>
        new()
        {
            { Enforce, [Tls(), Tls()], null },
            { Enforce, [NotOffered, NotOffered], null },
            { Enforce, [Tls(), NotOffered], "per-address-variance Warn mx1.example.com" },
            { Enforce, [Tls(), Tls(CertificateProblem.Expired)], "per-address-variance Warn mx1.example.com" },
            { Enforce, [Tls(), Tls(CertificateProblem.WeakKey)], null },
            { Testing, [Tls(), Tls(CertificateProblem.Name)], "per-address-variance Warn mx1.example.com" },
            { NoPolicy, [Tls(), NotOffered], "per-address-variance Info mx1.example.com" },
            { Enforce, [Tls("TLSv1.3"), Tls("TLSv1.2")], "per-address-variance Info mx1.example.com" },
        };

    [Theory]
    [MemberData(nameof(Addresses))]
    [Trait("rfc", "8461-8.4-2")]
    public void Addresses_of_one_host_differ(string mode, TlsOutcome[] outcomes, string? expected) =>
        Assert.Equal(expected is null ? [] : [expected], Lines(Facts(mode, HostWith(outcomes)), MxVariance.Addresses));

    public static TheoryData<string, TlsOutcome, string?> Hosts =>
        new()
        {
            { Enforce, Tls(), null },
            { Enforce, NotOffered, "per-mx-variance Warn example.com" },
            { Testing, Tls(CertificateProblem.Expired), "per-mx-variance Warn example.com" },
            { NoPolicy, NotOffered, "per-mx-variance Info example.com" },
            { Enforce, Tls("TLSv1.2"), "per-mx-variance Info example.com" },
            { Enforce, new TlsOutcome.Unknown("tcp-refused"), null },
        };

    [Theory]
    [MemberData(nameof(Hosts))]
    [Trait("rfc", "8461-8.4-2")]
    public void Hosts_of_one_domain_differ(string mode, TlsOutcome outcome, string? expected) =>
        Assert.Equal(
            expected is null ? [] : [expected],
            Lines(Facts(mode, HostWith(outcome), Host("mx2.example.com")), MxVariance.Hosts)
        );

    [Fact]
    public void Hosts_that_are_all_bad_do_not_differ() =>
        Assert.Empty(
            MxVariance.Hosts(
                Facts(Enforce, HostWith(NotOffered), Host("mx2.example.com").WithTls(Tls(CertificateProblem.Expired)))
            )
        );

    [Fact]
    public void A_host_outside_the_policy_is_another_matter()
    {
        var facts = FactsBuilder
            .Healthy()
            .WithHosts(HostWith(NotOffered), Host("mx2.example.com"))
            .WithPolicy(Policy(Enforce, "mx2.example.com"));

        Assert.Empty(MxVariance.Hosts(facts));
    }

    [Fact]
    public void Where_DANE_decides_only_its_match_counts()
    {
        var good = DaneHost([Matching], CertificateProblem.SelfSigned);

        Assert.Empty(MxVariance.Hosts(Facts(Enforce, good, Host("mx2.example.com")).Secure()));
    }

    [Fact]
    public void An_address_that_could_not_be_tested_is_no_difference()
    {
        var silent = Silent(new ProbeStop.TimedOut(ProbeStep.Greeting, "No greeting."));

        Assert.Empty(MxVariance.Addresses(Facts(Enforce, Host() with { Sessions = [.. Host().Sessions, silent] })));
    }
}
