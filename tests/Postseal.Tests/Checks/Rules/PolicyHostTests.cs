using System.Net;
using Postseal.Protocol;
using Postseal.Protocol.Tls;
using Postseal.Resolver.Dns;
using Postseal.Resolver.PolicyHost;
using Xunit;
using static Postseal.Tests.Checks.FactsBuilder;

namespace Postseal.Tests.Checks.Rules;

public sealed class PolicyHostTests
{
    private static readonly string[] Sections = ["host-", "http-", "pol-"];
    private static readonly IPAddress Second = IPAddress.Parse("192.0.2.81");

    [Fact]
    public void A_good_host_is_described_in_a_few_lines()
    {
        Assert.Equal("", Healthy().Accusations());
        Assert.Equal("host-dns, host-tls-name, http-status", Healthy().Fine("host-", "http-"));
    }

    [Theory]
    [Trait("rfc", "8461-3.3-1")]
    [Trait("rfc", "8461-3.3-4")]
    [Trait("rfc", "8461-3.3-5")]
    [InlineData(FetchFailure.DnsAbsent, "off host-dns")]
    [InlineData(FetchFailure.DnsFailed, "unknown host-dns")]
    [InlineData(FetchFailure.AddressRefused, "off host-dns")]
    [InlineData(FetchFailure.Tcp, "off host-tcp")]
    [InlineData(FetchFailure.TlsVersion, "off host-tls-version")]
    [InlineData(FetchFailure.TlsAlert, "off host-tls-alert")]
    [InlineData(FetchFailure.TlsHandshake, "off host-no-cert")]
    [InlineData(FetchFailure.TlsName, "off host-tls-name")]
    [InlineData(FetchFailure.TlsExpired, "off host-tls-expired")]
    [InlineData(FetchFailure.TlsUntrusted, "off host-tls-untrusted")]
    [InlineData(FetchFailure.HttpStatus, "off http-status")]
    [InlineData(FetchFailure.Redirect, "off http-redirect")]
    [InlineData(FetchFailure.MediaType, "off http-content-type")]
    [InlineData(FetchFailure.ContentCoding, "off http-content-type")]
    [InlineData(FetchFailure.Size, "off http-size")]
    [InlineData(FetchFailure.Timeout, "off http-timeout")]
    [InlineData(FetchFailure.HttpProtocol, "off http-status")]
    public void Each_failure_is_one_accusation(FetchFailure failure, string expected) =>
        Assert.Equal(expected, Healthy().WithFetchFailure(failure).Accusations());

    [Fact]
    public void No_failure_goes_unsaid()
    {
        foreach (var failure in Enum.GetValues<FetchFailure>())
            Assert.NotEqual("", Healthy().WithFetchFailure(failure).Faults(Sections));
    }

    [Theory]
    [InlineData(FetchFailure.Tcp, "unknown host-tcp")]
    [InlineData(FetchFailure.Timeout, "unknown http-timeout")]
    [InlineData(FetchFailure.AddressRefused, "off host-dns")]
    public void Where_our_own_network_stops_us_nothing_is_proven(FetchFailure failure, string expected) =>
        Assert.Equal(expected, Healthy().WithFetchFailure(failure, ours: true).Accusations());

    [Theory]
    [InlineData("off host-tls-self-signed", CertificateProblem.SelfSigned, CertificateProblem.Untrusted)]
    [InlineData("off host-tls-incomplete-chain", CertificateProblem.ChainIncomplete)]
    [InlineData("off host-tls-untrusted", CertificateProblem.Untrusted)]
    [InlineData("off host-tls-untrusted", CertificateProblem.ExtendedKeyUsage)]
    [InlineData("off host-tls-untrusted", CertificateProblem.Signature)]
    [InlineData("off host-tls-untrusted", CertificateProblem.Constraints)]
    public void A_chain_that_is_not_trusted_is_told_apart_by_its_cause(string expected, params CertificateProblem[] problems)
    {
        var attempt = Attempt(FetchFailure.TlsUntrusted) with { Chain = Chain("mta-sts.example.com", problems) };

        Assert.Equal(expected, Healthy().WithFetch(attempt).Faults(Sections));
    }

    [Fact]
    public void A_certificate_for_other_names_lists_them_and_names_the_cname()
    {
        var attempt = Attempt(FetchFailure.TlsName) with { Chain = Chain("parking.provider.example", CertificateProblem.Name) };
        var finding = Healthy().WithFetch(attempt).WithPolicyHostAliases("sts.provider.example").Finding("host-tls-name");

        Assert.Contains("parking.provider.example", finding.Summary, StringComparison.Ordinal);
        Assert.Contains("CNAME to sts.provider.example", finding.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FetchFailure.TlsAlert, "host-tls-alert")]
    [InlineData(FetchFailure.TlsHandshake, "host-no-cert")]
    public void A_provider_without_a_certificate_may_not_know_the_domain(FetchFailure failure, string id)
    {
        var facts = Healthy().WithFetchFailure(failure).WithPolicyHostAliases("sts.provider.example");

        Assert.Contains("you may not be a customer there", facts.Finding(id).Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-40, "expired on 2026-10-14")]
    [InlineData(60, "an issuer whose own certificate is out of date")]
    public void The_date_of_an_expired_certificate_is_named(int days, string expected)
    {
        var chain = new PresentedChain([Certificate("mta-sts.example.com", Now.AddDays(days))], [CertificateProblem.Expired]);
        var facts = Healthy().WithFetch(Attempt(FetchFailure.TlsExpired) with { Chain = chain });

        Assert.Contains(expected, facts.Finding("host-tls-expired").Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60, "")]
    [InlineData(14, "")]
    [InlineData(13, "warn host-tls-expiring")]
    [InlineData(0, "warn host-tls-expiring")]
    public void Two_weeks_before_its_end_a_certificate_is_warned_of(int days, string expected)
    {
        var chain = new PresentedChain([Certificate("mta-sts.example.com", Now.AddDays(days))], []);
        var facts = Healthy().WithFetch(Attempt(HealthyPolicy) with { Chain = chain });

        Assert.Equal(expected, facts.Faults(Sections));
    }

    [Fact]
    public void A_certificate_made_for_a_few_days_is_not_expiring_all_its_life()
    {
        var leaf = Certificate("mta-sts.example.com") with { NotBefore = Now.AddDays(-2), NotAfter = Now.AddDays(4) };
        var facts = Healthy().WithFetch(Attempt(HealthyPolicy) with { Chain = new([leaf], []) });

        Assert.Equal("", facts.Faults(Sections));
    }

    [Fact]
    [Trait("rfc", "8461-8.2-1")]
    public void A_record_delegated_alone_delegates_no_policy()
    {
        var provider = DomainName.Parse("_mta-sts.provider.example");
        var facts = Healthy()
            .WithRecordAnswer(new DnsAnswer<string>.Found([HealthyRecord], Ttl, Secure: false, [provider]))
            .WithFetchFailure(FetchFailure.DnsAbsent);

        Assert.Contains(
            "a CNAME for the record alone does not delegate the policy",
            facts.Finding("host-dns").Summary,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_dangling_cname_of_the_policy_host_names_its_target()
    {
        var facts = Healthy().WithFetchFailure(FetchFailure.DnsAbsent).WithPolicyHostAliases("gone.provider.example");

        Assert.Contains("a CNAME to gone.provider.example", facts.Finding("host-dns").Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404, "There is no file at https://mta-sts.example.com/.well-known/mta-sts.txt (status 404)")]
    [InlineData(403, "refuses access")]
    [InlineData(500, "with status 500")]
    [InlineData(204, "only 200 counts")]
    public void The_status_is_named(int status, string expected)
    {
        var attempt = Attempt(FetchFailure.HttpStatus) with { Response = Response(status) };

        Assert.Contains(expected, Healthy().WithFetch(attempt).Finding("http-status").Summary, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("rfc", "8461-3.3-5")]
    public void A_redirect_names_its_target_harmlessly()
    {
        var attempt = Attempt(FetchFailure.Redirect) with
        {
            Response = Response(301) with { Location = "https://www.example.com/\e[31m" },
        };
        var summary = Healthy().WithFetch(attempt).Finding("http-redirect").Summary;

        Assert.Contains("https://www.example.com/", summary, StringComparison.Ordinal);
        Assert.Contains("status 301", summary, StringComparison.Ordinal);
        Assert.DoesNotContain(summary, c => char.IsControl(c));
    }

    [Theory]
    [InlineData(FetchFailure.HttpStatus)]
    [InlineData(FetchFailure.Redirect)]
    [InlineData(FetchFailure.MediaType)]
    public void A_bot_check_is_called_one(FetchFailure failure)
    {
        var attempt = Attempt(failure) with { Response = Response(403) with { LooksLikeChallenge = true } };

        Assert.Equal("off http-bot-block", Healthy().WithFetch(attempt).Faults(Sections));
    }

    [Theory]
    [Trait("rfc", "8461-3.2-2")]
    [InlineData("text/html", "served as text/html instead of text/plain")]
    [InlineData(null, "without a media type")]
    public void The_media_type_is_named(string? type, string expected)
    {
        var attempt = Attempt(FetchFailure.MediaType) with { Response = Response(200, type) };

        Assert.Contains(expected, Healthy().WithFetch(attempt).Finding("http-content-type").Summary, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("rfc", "8461-3.3-6")]
    [InlineData(null, null, "")]
    [InlineData(null, "max-age=60", "")]
    [InlineData(null, "no-store, max-age=86400", "")]
    [InlineData(null, "private, max-age=86400", "")]
    [InlineData(null, "s-maxage=60, max-age=86400", "")]
    [InlineData(null, "public, max-age=nonsense", "")]
    [InlineData(30L, "max-age=60", "info http-cache-header")]
    [InlineData(7200L, null, "warn http-cache-header")]
    [InlineData(null, "public, max-age=86400", "warn http-cache-header")]
    [InlineData(null, "Public, S-MaxAge=\"86400\"", "warn http-cache-header")]
    [InlineData(-1L, null, "")]
    public void Shared_caches_are_mentioned(long? age, string? cacheControl, string expected)
    {
        var attempt = Attempt(HealthyPolicy) with { Response = Response() with { Age = age, CacheControl = cacheControl } };

        Assert.Equal(expected, Healthy().WithFetch(attempt).Faults(Sections));
    }

    [Fact]
    public void Every_address_must_serve_the_same()
    {
        var other = HealthyPolicy.Replace("enforce", "testing", StringComparison.Ordinal);
        (string Expected, FetchAttempt Other)[] cases =
        [
            ("", Attempt(HealthyPolicy, Second)),
            ("", Attempt(HealthyPolicy, PolicyAddress6)),
            ("warn host-multi-ip", Attempt(other, Second)),
            ("warn host-multi-ip", Attempt(FetchFailure.HttpStatus, Second)),
            ("", Attempt(FetchFailure.Tcp, Second, ours: true)),
            ("warn host-ipv6", Attempt(other, PolicyAddress6)),
            ("warn host-ipv6", Attempt(FetchFailure.Tcp, PolicyAddress6)),
            ("info host-ipv6", Attempt(FetchFailure.Tcp, PolicyAddress6, ours: true)),
        ];

        foreach (var (expected, attempt) in cases)
            Assert.Equal(expected, Healthy().WithFetch(Attempt(HealthyPolicy), attempt).Faults(Sections));
    }

    [Fact]
    public void Addresses_that_agree_are_said_to() =>
        Assert.Contains(
            "host-multi-ip",
            Healthy().WithFetch(Attempt(HealthyPolicy), Attempt(HealthyPolicy, Second)).Fine("host-"),
            StringComparison.Ordinal
        );

    [Fact]
    public void When_no_address_serves_the_policy_there_is_one_accusation()
    {
        var facts = Healthy().WithFetch(Attempt(FetchFailure.HttpStatus), Attempt(FetchFailure.Tcp, PolicyAddress6));

        Assert.Equal("off http-status", facts.Accusations());
    }
}
