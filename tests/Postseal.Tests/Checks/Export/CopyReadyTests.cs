using System.Text;
using Postseal.Checks;
using Postseal.Checks.Export;
using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Checks.Json;
using Postseal.Protocol.MtaSts;
using Postseal.Protocol.Tls;
using Postseal.Resolver.Mx;
using Postseal.Resolver.PolicyHost;
using Xunit;

namespace Postseal.Tests.Checks.Export;

/// <summary>Texts that mend what is wrong: taken at their word, the next check is content.</summary>
public sealed class CopyReadyTests
{
    private const string Record = "_mta-sts.example.com. IN TXT \"v=STSv1; id=20261123T120000;\"";
    private const string Reports = "_smtp._tls.example.com. IN TXT \"v=TLSRPTv1; rua=mailto:tls-reports@example.com\"";

    [Fact]
    public void A_healthy_domain_needs_nothing() => Assert.Empty(Of(FactsBuilder.Healthy()));

    [Theory]
    [InlineData("version: STSv1\nmode: testing\nmx: mx1.example.com\nmx: mx2.example.com\nmax_age: 86400\n")]
    [InlineData("version: STSv1\nmode: none\nmax_age: 86400\n")]
    public void A_mode_that_was_chosen_is_left_alone(string policy) =>
        Assert.Empty(Of(FactsBuilder.Healthy().WithPolicy(policy)));

    [Fact]
    public void A_domain_that_publishes_nothing_gets_all_in_the_order_of_publication()
    {
        var facts = FactsBuilder
            .Healthy()
            .WithRecordAnswer(FactsBuilder.Absent<string>())
            .WithReportsAnswer(FactsBuilder.Absent<string>());
        var blocks = Of(facts);
        Assert.Equal(4, blocks.Count);
        Assert.Equal(Reports, blocks[0].Text);
        Assert.Equal("mta-sts.example.com. IN A <address of your web server>", blocks[1].Text);
        Assert.Equal(
            "version: STSv1\r\nmode: testing\r\nmx: mx1.example.com\r\nmx: mx2.example.com\r\nmax_age: 86400\r\n",
            blocks[2].Text
        );
        Assert.Equal(Record, blocks[3].Text);
    }

    [Theory]
    [InlineData("v=STSv1; id=a-b;")]
    [InlineData("v=STSv1;")]
    [InlineData("v=STSv2; id=1;")]
    public void A_bad_record_is_replaced_and_nothing_else(string record) =>
        Assert.Equal([Record], Of(FactsBuilder.Healthy().WithRecord(record)).Select(b => b.Text));

    [Theory]
    [InlineData("version: STSv1\nmode: enforce\nmx: mx1.example.com\nmax_age: 604800\n", "enforce", 604800)] // mx2 is not covered
    [InlineData("version: STSv1\nmode: enforce\nmx: mx1.example.com\nmx: mx2.example.com\nmax_age: 60\n", "enforce", 1209600)]
    [InlineData("version: STSv1\nmode: testing\nmx: mx3.example.com\nmax_age: 604800\n", "testing", 604800)]
    [InlineData("version: STSv1\nmode: Enforce\nmx: mx1.example.com\nmax_age: 604800\n", "testing", 86400)] // was never valid
    [InlineData("", "testing", 86400)]
    [InlineData("<html>", "testing", 86400)]
    public void A_bad_policy_is_replaced_by_one_that_the_next_check_is_content_with(string text, string mode, long maxAge)
    {
        var facts = FactsBuilder.Healthy().WithPolicy(text);
        var blocks = Of(facts);
        Assert.Equal(2, blocks.Count);
        Assert.Equal(Record, blocks[1].Text);
        Assert.True(StsPolicy.TryParse(Encoding.UTF8.GetBytes(blocks[0].Text), out var policy, out _));
        Assert.Equal((mode, maxAge), (policy.Mode.ToWire(), policy.MaxAge));
        Assert.Empty(blocks[0].Notes);

        var mended = CheckResult.Of(facts.WithPolicy(blocks[0].Text));
        Assert.DoesNotContain(mended.Findings, f => f.Level is Level.Breaks or Level.Off);
        Assert.Empty(CopyReady.Of(CheckDocuments.Of(mended)));
    }

    [Theory]
    [InlineData(FetchFailure.HttpStatus, true)]
    [InlineData(FetchFailure.Redirect, true)]
    [InlineData(FetchFailure.TlsName, false)]
    [InlineData(FetchFailure.Timeout, false)]
    public void A_policy_is_offered_where_it_is_missing_not_where_it_cannot_be_seen(FetchFailure failure, bool offered) =>
        Assert.Equal(
            offered,
            Of(FactsBuilder.Healthy().WithFetchFailure(failure)).Any(b => b.Text.StartsWith("version", StringComparison.Ordinal))
        );

    [Theory]
    [InlineData("v=TLSRPTv1;")]
    [InlineData("v=TLSRPTv1; rua=gopher:x")]
    [InlineData("nonsense", "v=TLSRPTv1; rua=mailto:a@example.com", "v=TLSRPTv1; rua=mailto:b@example.com")]
    public void A_bad_report_record_is_replaced(params string[] records) =>
        Assert.Equal([Reports], Of(FactsBuilder.Healthy().WithReports(records)).Select(b => b.Text));

    [Theory]
    [InlineData("v=TLSRPTv1; rua=mailto:a@example.com,mailto:a@example.com", "mailto:a@example.com")]
    [InlineData("v=TLSRPTv1; rua=gopher:x,https://r.example/x,mailto:a@example.com", "https://r.example/x,mailto:a@example.com")]
    public void Report_addresses_that_are_good_are_kept(string record, string rua) =>
        Assert.Equal(
            [$"_smtp._tls.example.com. IN TXT \"v=TLSRPTv1; rua={rua}\""],
            Of(FactsBuilder.Healthy().WithReports(record)).Select(b => b.Text)
        );

    [Fact]
    public void A_host_that_fails_is_listed_and_named()
    {
        var facts = FactsBuilder
            .Healthy()
            .WithRecordAnswer(FactsBuilder.Absent<string>())
            .WithHost(
                "mx2.example.com",
                h =>
                    h.WithTls(
                        new TlsOutcome.Established(
                            "TLSv1.3",
                            "X",
                            FactsBuilder.Chain("mx2.example.com", CertificateProblem.SelfSigned)
                        )
                    )
            );
        var policy = Of(facts).Single(b => b.Text.StartsWith("version", StringComparison.Ordinal));
        Assert.Contains("mx: mx2.example.com", policy.Text, StringComparison.Ordinal);
        Assert.Contains("mx2.example.com fails as it is (cert-self-signed)", policy.Notes.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_without_address_is_left_out()
    {
        var gone = FactsBuilder.Host("mx3.example.com") with { V4 = FactsBuilder.Absent<System.Net.IPAddress>(), Sessions = [] };
        var facts = FactsBuilder
            .Healthy()
            .WithHosts(FactsBuilder.Host("mx1.example.com"), gone)
            .WithRecordAnswer(FactsBuilder.Absent<string>());
        var policy = Of(facts).Single(b => b.Text.StartsWith("version", StringComparison.Ordinal));
        Assert.DoesNotContain("mx3", policy.Text, StringComparison.Ordinal);
        Assert.Contains("mx3.example.com is left out", policy.Notes.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_domain_that_takes_no_mail_and_one_that_could_not_be_looked_up_get_nothing()
    {
        var facts = FactsBuilder.Healthy().WithRecordAnswer(FactsBuilder.Absent<string>());
        Assert.Empty(Of(facts.WithoutHosts(new MxLookup.NullMx(Secure: false))));
        Assert.Empty(Of(FactsBuilder.Healthy().WithRecordAnswer(FactsBuilder.Failed<string>())));
    }

    private static IReadOnlyList<CopyBlock> Of(DomainFacts facts) => CopyReady.Of(CheckDocuments.Of(CheckResult.Of(facts)));
}
