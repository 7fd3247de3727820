using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Checks.Rules;
using Postseal.Protocol.Dane;
using Postseal.Protocol.Tls;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Dns;
using Xunit;
using static Postseal.Tests.Checks.Rules.MxFacts;

namespace Postseal.Tests.Checks.Rules;

public sealed class DaneRecordsTests
{
    [Fact]
    public void DANE_on_every_host_is_said_to_be_good()
    {
        var facts = Facts(Enforce, DaneHost([Matching])).Secure();

        Assert.Equal(["dane-present Ok example.com"], Dane(facts));
    }

    [Fact]
    [Trait("rfc", "7672-2.2.1-2")]
    public void DANE_on_some_hosts_or_beside_unsigned_MX_records_is_a_fact()
    {
        var some = Facts(Enforce, DaneHost([Matching]), Host("mx2.example.com")).Secure();
        var unsigned = Facts(Enforce, DaneHost([Matching]));

        Assert.Equal(["dane-present Info example.com"], Dane(some));
        Assert.Equal(["dane-present Info example.com"], Dane(unsigned));
        Assert.Equal(["dane-present Ok example.com"], Dane(Facts(Enforce, Host())));
    }

    [Theory]
    [Trait("rfc", "7672-2.2-1")]
    [InlineData(NoPolicy)]
    [InlineData(Testing)]
    public void A_mismatch_breaks_mail_whatever_the_policy_says(string mode)
    {
        var facts = Facts(mode, DaneHost([Other()], CertificateProblem.Untrusted)).Secure();

        Assert.Equal(["dane-present Info example.com", "dane-mismatch Breaks mx1.example.com"], Dane(facts));
    }

    [Fact]
    [Trait("rfc", "7672-3.1-1")]
    public void The_remedy_holds_the_record_of_the_certificate_presented()
    {
        var facts = Facts(NoPolicy, DaneHost([Other()])).Secure();

        var finding = Assert.Single(DaneRecords.Mismatch(facts));

        var line = finding.Evidence["line"];
        Assert.EndsWith(line, finding.Remedy);
        Assert.Equal($"_25._tcp.mx1.example.com. IN TLSA {Matching}", line);
    }

    [Fact]
    [Trait("rfc", "7672-2.2-1")]
    public void A_good_policy_does_not_make_up_for_a_mismatch()
    {
        var facts = Facts(Enforce, DaneHost([Other()])).Secure();

        Assert.Equal(
            ["dane-present Info example.com", "dane-mismatch Breaks mx1.example.com", "dane-sts-conflict Breaks example.com"],
            Dane(facts)
        );
    }

    [Fact]
    public void Where_the_certificate_fails_both_ways_there_is_no_conflict()
    {
        var facts = Facts(Enforce, DaneHost([Other()], CertificateProblem.Expired)).Secure();

        Assert.Empty(DaneRecords.Conflict(facts));
    }

    [Theory]
    [Trait("rfc", "7672-2.1.2-2")]
    [InlineData(DnsFailure.Bogus, true, Level.Breaks)]
    [InlineData(DnsFailure.ServFail, true, Level.Breaks)]
    [InlineData(DnsFailure.Bogus, false, Level.Warn)]
    [InlineData(DnsFailure.Timeout, true, Level.Unknown)]
    [InlineData(DnsFailure.Unreachable, true, Level.Unknown)]
    [InlineData(DnsFailure.Refused, false, Level.Unknown)]
    public void A_failed_look_up_of_TLSA_records(DnsFailure failure, bool secure, Level level)
    {
        var facts = Facts(Enforce, Host() with { Dane = new DaneLookup.Failed(failure, "What happened.") });
        facts = secure ? facts.Secure() : facts;

        Assert.Equal([$"dane-dnssec-bogus {level} mx1.example.com"], Dane(facts));
    }

    [Theory]
    [Trait("rfc", "6698-4.1-2")]
    [Trait("rfc", "7671-10.1.2-1")]
    [InlineData("4 1 1 00", "unknown usage 4")]
    [InlineData("3 2 1 00", "unknown selector 2")]
    [InlineData("3 1 3 00", "unknown matching type 3")]
    [InlineData("3 1 1 0011", "a SHA-256 digest of the wrong length")]
    [InlineData("3 1 2 0011", "a SHA-512 digest of the wrong length")]
    [InlineData("3 0 0 0011", "data that is no certificate or key")]
    public void Parameters_that_cannot_be_used(string text, string fault)
    {
        var alone = Facts(NoPolicy, DaneHost([Tlsa(text)])).Secure();
        var beside = Facts(NoPolicy, DaneHost([Matching, Tlsa(text)])).Secure();

        Assert.Contains(fault, Assert.Single(DaneParameters.Parameters(alone)).Summary);
        Assert.Contains(fault, Assert.Single(DaneParameters.Parameters(beside)).Summary);
    }

    [Fact]
    [Trait("rfc", "7671-10.1.2-1")]
    public void A_whole_key_in_DNS_is_unwise()
    {
        var whole = TlsaRecord.For(RealLeaf, usage: 3, selector: 1, matchingType: 0);

        Assert.Equal(
            ["dane-params Warn mx1.example.com"],
            Lines(Facts(NoPolicy, DaneHost([whole])).Secure(), DaneParameters.Parameters)
        );
    }

    [Theory]
    [Trait("rfc", "7672-3.1.3-1")]
    [InlineData(0)]
    [InlineData(1)]
    public void Usages_that_are_not_for_mail_are_accused_once(byte usage)
    {
        var facts = Facts(NoPolicy, DaneHost([Other(usage)])).Secure();

        Assert.Equal(["dane-cert-usage-pkix Warn mx1.example.com"], Dane(facts));
    }

    public static TheoryData<TlsaRecord[], string?> Sets =>
        new()
        {
            { [Matching], null },
            { [Matching, Other()], "dane-no-rollover Info mx1.example.com" },
            { [Matching, Other(usage: 2)], "dane-no-rollover Warn mx1.example.com" },
            { [Matching, Other(usage: 1)], null },
            { [Other()], null }, // dane-mismatch speaks of it
        };

    [Theory]
    [MemberData(nameof(Sets))]
    [Trait("rfc", "7671-8-1")]
    [Trait("rfc", "7672-4-1")]
    public void Records_that_match_nothing(TlsaRecord[] records, string? expected) =>
        Assert.Equal(
            expected is null ? [] : [expected],
            Lines(Facts(NoPolicy, DaneHost(records)).Secure(), DaneParameters.Unmatched)
        );

    private static string[] Dane(DomainFacts facts) =>
        Lines(
            facts,
            DaneRecords.Present,
            DaneRecords.Unverifiable,
            DaneRecords.Mismatch,
            DaneRecords.Conflict,
            DaneParameters.Parameters,
            DaneParameters.PkixUsages,
            DaneParameters.Unmatched
        );
}
