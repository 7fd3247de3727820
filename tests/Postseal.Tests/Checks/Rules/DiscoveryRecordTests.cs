using Postseal.Checks.Facts;
using Postseal.Protocol;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;
using Xunit;
using static Postseal.Tests.Checks.FactsBuilder;

namespace Postseal.Tests.Checks.Rules;

public sealed class DiscoveryRecordTests
{
    private static readonly DomainName Provider = DomainName.Parse("example.com._mta-sts.provider.example");

    [Fact]
    public void A_good_record_is_said_to_be_there()
    {
        Assert.Equal("", Healthy().Faults("sts-"));
        Assert.Equal("sts-txt-missing, sts-txt-malformed", Healthy().Fine("sts-"));
    }

    [Theory]
    [Trait("rfc", "8461-3.1-10")]
    [Trait("rfc", "8461-3.1-11")]
    [InlineData("info sts-txt-missing")]
    [InlineData("info sts-txt-missing", "verification=1234")]
    [InlineData("off sts-txt-is-spf", "v=spf1 include:provider.example -all")]
    [InlineData("off sts-txt-is-spf", "verification=1234", "V=SPF1 -all")]
    [InlineData("off sts-txt-multiple", "v=STSv1; id=1;", "v=STSv1; id=2;")]
    [InlineData("off sts-txt-multiple", "v=STSv1; id=1;", "v=STSv1; broken")]
    [InlineData("info sts-txt-unrelated", "v=STSv1; id=1;", "v=spf1 -all")]
    [InlineData("info sts-txt-unrelated", "v=STSv1; id=1;", "v=STSv1 id=2")]
    public void Records_are_counted_before_they_are_read(string expected, params string[] texts) =>
        Assert.Equal(expected, With(texts).Faults("sts-"));

    [Theory]
    [Trait("rfc", "8461-3.1-2")]
    [Trait("rfc", "8461-3.1-4")]
    [InlineData("off sts-txt-id-missing", "v=STSv1")]
    [InlineData("off sts-txt-malformed", "v=STSv1 id=1")]
    [InlineData("off sts-txt-malformed", "v=STSv1, id=1")]
    [InlineData("off sts-txt-version", "V=STSv1; id=1")]
    [InlineData("off sts-txt-version", "v=STSV1; id=1")]
    [InlineData("off sts-txt-version", "v=STSv10; id=1")]
    [InlineData("off sts-txt-version", "v=STS1; id=1")]
    [InlineData("off sts-txt-version", "v = STSv1; id=1")]
    [InlineData("off sts-txt-version", " v=STSv1; id=1")]
    [InlineData("off sts-txt-version", "\"v=STSv1; id=1\"")]
    [InlineData("off sts-txt-version", "STSv1; id=1")]
    [InlineData("off sts-txt-version", "id=20240101")]
    [InlineData("off sts-txt-version", "id=1; v=STSv1;")]
    public void A_text_that_was_meant_to_be_the_record_is_recognised(string expected, string text) =>
        Assert.Equal(expected, Healthy().WithRecord(text).Faults("sts-"));

    [Theory]
    [InlineData("v=spf1 -all")]
    [InlineData("v=DKIM1; p=abc")]
    [InlineData("verification of steady state")]
    [InlineData("v")]
    [InlineData("")]
    public void Other_texts_are_not_mistaken_for_a_bad_record(string text) =>
        Assert.DoesNotContain("sts-txt-version", Healthy().WithRecord(text).Faults("sts-"), StringComparison.Ordinal);

    [Fact]
    public void A_record_at_the_domain_itself_is_in_the_wrong_place()
    {
        var facts = With() with { ApexTxt = Found("v=spf1 -all", HealthyRecord) };

        Assert.Equal("off sts-txt-wrong-place", facts.Faults("sts-"));
        Assert.Equal("example.com", facts.Finding("sts-txt-wrong-place").Evidence["place"]);
    }

    [Fact]
    public void A_record_among_the_report_records_is_in_the_wrong_place() =>
        Assert.Equal("off sts-txt-wrong-place", With().WithReports(HealthyRecord, HealthyReports).Faults("sts-", "rpt-"));

    [Fact]
    public void A_copy_at_the_domain_itself_beside_a_good_record_does_no_harm() =>
        Assert.Equal("", (Healthy() with { ApexTxt = Found(HealthyRecord) }).Faults("sts-"));

    [Fact]
    public void A_domain_without_a_record_has_no_policy_host_to_speak_of() =>
        Assert.Equal("", With().Fine("host-", "http-", "pol-") + With().Faults("host-", "http-", "pol-"));

    [Fact]
    public void Who_takes_no_mail_need_not_protect_it()
    {
        var nowhere = With().WithoutHosts(new MxLookup.Nowhere(NameExists: false, []));
        var nullMx = With().WithoutHosts(new MxLookup.NullMx(Secure: false));

        Assert.Equal("", nowhere.Faults("sts-"));
        Assert.Equal("", nullMx.Faults("sts-"));
        Assert.Equal("info sts-txt-is-spf", nullMx.WithRecord("v=spf1 -all").Faults("sts-"));
    }

    [Fact]
    [Trait("rfc", "8461-8.2-1")]
    public void A_delegated_record_names_who_keeps_it()
    {
        var facts = Healthy().WithRecordAnswer(new DnsAnswer<string>.Found([HealthyRecord], Ttl, Secure: false, [Provider]));

        Assert.Equal("info sts-txt-cname", facts.Faults("sts-"));
        Assert.Equal(Provider.Value, facts.Finding("sts-txt-cname").Evidence["target"]);
    }

    [Fact]
    public void A_cname_that_leads_nowhere_is_named()
    {
        var absent = Healthy().WithRecordAnswer(new DnsAnswer<string>.Absent(NameExists: false, Secure: false, [Provider]));
        var foreign = Healthy().WithRecordAnswer(new DnsAnswer<string>.Found(["verification=1"], Ttl, Secure: false, [Provider]));

        Assert.Equal("off sts-txt-dangling-cname", absent.Faults("sts-"));
        Assert.Equal("off sts-txt-dangling-cname", foreign.Faults("sts-"));
    }

    [Fact]
    public void The_operator_of_a_cname_target_is_asked_to_repair_the_record()
    {
        var facts = Healthy().WithRecordAnswer(new DnsAnswer<string>.Found(["v=STSv1;"], Ttl, Secure: false, [Provider]));

        Assert.EndsWith(
            "\nexample.com._mta-sts.provider.example. IN TXT \"v=STSv1; id=20261123T120000;\"",
            facts.Finding("sts-txt-id-missing").Remedy,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [Trait("rfc", "8461-3.1-16")]
    [InlineData(DnsFailure.Timeout)]
    [InlineData(DnsFailure.ServFail)]
    [InlineData(DnsFailure.Bogus)]
    [InlineData(DnsFailure.AliasLoop)]
    public void A_failed_look_up_is_unknown_and_never_absent(DnsFailure failure) =>
        Assert.Equal(
            "unknown sts-txt-dns-fail",
            Healthy().WithRecordAnswer(Failed<string>(failure)).Faults("sts-", "host-", "http-", "pol-")
        );

    [Fact]
    public void When_nothing_answers_one_finding_says_so()
    {
        var facts = Healthy()
            .WithRecordAnswer(Failed<string>(DnsFailure.Timeout))
            .WithReportsAnswer(Failed<string>(DnsFailure.Timeout))
            .WithoutHosts(new MxLookup.Failed(DnsFailure.Timeout, "No answer."));

        Assert.Equal("unknown sts-txt-dns-fail", facts.Accusations());
        Assert.Contains("Nothing could be tested", facts.Finding("sts-txt-dns-fail").Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3600, false, "")]
    [InlineData(86399, false, "")]
    [InlineData(86400, false, "info sts-txt-ttl")]
    [InlineData(int.MaxValue, false, "info sts-txt-ttl")]
    [InlineData(300, true, "info sts-txt-dnssec")]
    public void The_answer_itself_is_described(int ttl, bool secure, string expected)
    {
        var answer = new DnsAnswer<string>.Found([HealthyRecord], TimeSpan.FromSeconds(ttl), secure, []);

        Assert.Equal(expected, Healthy().WithRecordAnswer(answer).Faults("sts-"));
    }

    [Fact]
    public void Hostile_text_is_quoted_harmlessly()
    {
        var finding = Healthy().WithRecord("id=\e[2J\r\n; v=STSv1;").Finding("sts-txt-version");

        Assert.DoesNotContain(finding.Summary, c => char.IsControl(c));
    }

    private static DomainFacts With(params string[] texts) =>
        texts.Length == 0 ? Healthy().WithRecordAnswer(Absent<string>()) : Healthy().WithRecord(texts);
}
