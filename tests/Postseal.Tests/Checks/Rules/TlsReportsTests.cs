using Postseal.Checks.Facts;
using Postseal.Protocol;
using Postseal.Protocol.Tls;
using Postseal.Protocol.TlsRpt;
using Postseal.Resolver.Mx;
using Xunit;
using static Postseal.Tests.Checks.FactsBuilder;

namespace Postseal.Tests.Checks.Rules;

public sealed class TlsReportsTests
{
    private const string Mail = "mailto:tlsrpt@example.com";

    [Fact]
    public void A_good_record_is_said_to_be_there() => Assert.Equal("rpt-missing, rpt-syntax", Healthy().Fine("rpt-"));

    [Theory]
    [Trait("rfc", "8460-3-2")]
    [Trait("rfc", "8460-3-5")]
    [Trait("rfc", "8460-3-8")]
    [InlineData("", "v=TLSRPTv1; rua=mailto:tlsrpt@example.com")]
    [InlineData("warn rpt-missing", "verification=1")]
    [InlineData("off rpt-is-spf", "v=spf1 -all")]
    [InlineData("off rpt-multiple", "v=TLSRPTv1; rua=mailto:a@example.com", "v=TLSRPTv1; rua=mailto:b@example.com")]
    [InlineData("off rpt-version", "V=TLSRPTv1; rua=mailto:a@example.com")]
    [InlineData("off rpt-version", "v=TLSRPTv2; rua=mailto:a@example.com")]
    [InlineData("off rpt-version", "v=TLSRPT1; rua=mailto:a@example.com")]
    [InlineData("off rpt-version", "rua=mailto:a@example.com")]
    [InlineData("off rpt-rua-missing", "v=TLSRPTv1")]
    [InlineData("off rpt-rua-missing", "v=TLSRPTv1;")]
    [InlineData("off rpt-syntax", "v=TLSRPTv1 rua=mailto:a@example.com")]
    [InlineData("off rpt-syntax", "v=TLSRPTv1;; rua=mailto:a@example.com")]
    [InlineData("off rpt-syntax", "v=TLSRPTv1; rua")]
    [InlineData("info rpt-unknown-tag", "v=TLSRPTv1; rua=mailto:tlsrpt@example.com; ruf=1")]
    [InlineData("warn rpt-dup-tag", "v=TLSRPTv1; rua=mailto:tlsrpt@example.com; v=TLSRPTv1")]
    [InlineData("warn rpt-dup-tag, warn rpt-rua-many", "v=TLSRPTv1; rua=mailto:a@example.com; rua=mailto:b@example.com")]
    public void Each_fault_of_the_record_has_its_name(string expected, params string[] texts) =>
        Assert.Equal(expected, Healthy().WithReports(texts).Faults("rpt-"));

    [Theory]
    [Trait("rfc", "8460-3-3")]
    [Trait("rfc", "8460-3-4")]
    [Trait("rfc", "8460-3-9")]
    [InlineData("mailto:", "off rpt-rua-bad-mailto")]
    [InlineData("mailto:a@b@example..com", "off rpt-rua-bad-mailto")]
    [InlineData("https:", "off rpt-rua-bad-https")]
    [InlineData("tlsrpt@example.com", "off rpt-rua-bad-uri")]
    [InlineData("http://example.com/tls", "off rpt-rua-bad-uri")]
    [InlineData("mailto:tlsrpt@example.com!10m", "off rpt-rua-bad-uri")]
    [InlineData("tlsrpt@example.com,mailto:a@example.com", "warn rpt-rua-bad-uri")]
    [InlineData("tlsrpt@example.com,mailto:,mailto:a@example.com", "warn rpt-rua-bad-uri, warn rpt-rua-bad-mailto")]
    [InlineData("mailto:a@example.com,https://example.com/tls", "warn rpt-rua-many")]
    [InlineData("mailto:a@example.com,mailto:a@example.com", "warn rpt-rua-dup")]
    [InlineData("mailto:a@mail.example.com", "")]
    [InlineData("mailto:a@provider.example", "info rpt-rua-not-ours")]
    [InlineData("https://provider.example/tls", "info rpt-rua-not-ours")]
    public void Each_address_is_judged(string rua, string expected) =>
        Assert.Equal(expected, Healthy().WithReports($"v=TLSRPTv1; rua={rua}").Faults("rpt-"));

    [Fact]
    public void A_mailbox_in_the_parent_domain_is_ours()
    {
        var facts = Healthy() with { Domain = DomainName.Parse("mail.example.com") };

        Assert.Equal("", facts.Faults("rpt-"));
    }

    [Fact]
    public void Without_a_policy_missing_reports_are_a_fact()
    {
        var absent = Healthy().WithReportsAnswer(Absent<string>());

        Assert.Equal("warn rpt-missing", absent.Faults("rpt-"));
        Assert.Equal("info rpt-missing", absent.WithRecordAnswer(Absent<string>()).Faults("rpt-"));
        Assert.Equal("", absent.WithoutHosts(new MxLookup.NullMx(Secure: false)).Faults("rpt-"));
        Assert.Equal("", absent.WithoutHosts(new MxLookup.Nowhere(NameExists: false, [])).Faults("rpt-"));
    }

    [Fact]
    [Trait("rfc", "8460-3-1")]
    public void A_failed_look_up_is_unknown_and_never_absent() =>
        Assert.Equal("unknown rpt-missing", Healthy().WithReportsAnswer(Failed<string>()).Faults("rpt-"));

    [Fact]
    public void A_record_in_the_wrong_place_is_found()
    {
        var absent = Healthy().WithReportsAnswer(Absent<string>());

        Assert.Equal("off rpt-wrong-place", (absent with { ApexTxt = Found(HealthyReports) }).Faults("rpt-"));
        Assert.Equal("off rpt-wrong-place", absent.WithRecord(HealthyRecord, HealthyReports).Faults("rpt-"));
    }

    [Fact]
    public void A_target_that_takes_no_reports_is_named()
    {
        var facts = Healthy();
        var dead = facts.ReportTargets[0] with { Problem = "null-mx", Detail = "example.com takes no mail." };

        Assert.Equal("warn rpt-rua-unreachable", (facts with { ReportTargets = [dead] }).Faults("rpt-"));
        Assert.Equal(
            "unknown rpt-rua-unreachable",
            (facts with { ReportTargets = [dead with { Unknown = true }] }).Faults("rpt-")
        );
    }

    [Fact]
    public void Reports_behind_the_failing_hosts_do_not_arrive()
    {
        var noTls = Failing(new TlsOutcome.NotOffered());
        var uncovered = Healthy().WithPolicy("version: STSv1\r\nmode: enforce\r\nmx: mail.example.net\r\nmax_age: 1209600\r\n");

        Assert.Equal("warn rpt-rua-self-lock", noTls.Faults("rpt-"));
        Assert.Equal("warn rpt-rua-self-lock", uncovered.Faults("rpt-"));
    }

    [Fact]
    public void Another_way_for_reports_frees_the_lock()
    {
        var https = Failing(new TlsOutcome.NotOffered()).WithReports($"v=TLSRPTv1; rua={Mail},https://example.com/tls");
        var oneGood = Healthy().WithHost("mx1.example.com", h => h.WithTls(new TlsOutcome.NotOffered()));
        var testing = Failing(new TlsOutcome.NotOffered())
            .WithPolicy(HealthyPolicy.Replace("enforce", "testing", StringComparison.Ordinal));
        var unknown = Failing(new TlsOutcome.Unknown("tcp-timeout"));

        foreach (var facts in (DomainFacts[])[https, oneGood, testing, unknown])
            Assert.DoesNotContain("self-lock", facts.Faults("rpt-"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TlsRptErrors.Character)]
    [InlineData(TlsRptErrors.ExtensionName)]
    [InlineData(TlsRptErrors.ExtensionValue)]
    [InlineData("tlsrpt.record.yet-unknown")]
    public void Every_other_error_is_one_of_syntax(string code)
    {
        var facts = Healthy() with { TlsRpt = new TlsRptRecordSelection.Invalid("v=TLSRPTv1; \e", new(code, 12), []) };

        Assert.Equal("off rpt-syntax", facts.Faults("rpt-"));
    }

    private static DomainFacts Failing(TlsOutcome outcome) =>
        Healthy().WithHosts(Host("mx1.example.com").WithTls(outcome), Host("mx2.example.com", 20).WithTls(outcome));
}
