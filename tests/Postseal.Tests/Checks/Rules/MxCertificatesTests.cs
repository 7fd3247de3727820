using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Checks.Rules;
using Postseal.Protocol.Tls;
using Xunit;
using static Postseal.Protocol.Tls.CertificateProblem;
using static Postseal.Tests.Checks.Rules.MxFacts;

namespace Postseal.Tests.Checks.Rules;

public sealed class MxCertificatesTests
{
    [Theory]
    [Trait("rfc", "8461-4.2-1")]
    [Trait("rfc", "8461-4.2-2")]
    [Trait("rfc", "8461-4.2-3")]
    [InlineData(CertificateProblem.Name, "cert-name", Level.Breaks)]
    [InlineData(Expired, "cert-expired", Level.Breaks)]
    [InlineData(NotYetValid, "cert-untrusted", Level.Breaks)]
    [InlineData(CertificateProblem.Untrusted, "cert-untrusted", Level.Breaks)]
    [InlineData(Constraints, "cert-untrusted", Level.Breaks)]
    [InlineData(CertificateProblem.SelfSigned, "cert-self-signed", Level.Breaks)]
    [InlineData(ChainIncomplete, "cert-chain-incomplete", Level.Breaks)]
    [InlineData(CertificateProblem.Signature, "cert-signature", Level.Breaks)]
    [InlineData(CertificateProblem.Oversized, "cert-oversized", Level.Breaks)]
    [InlineData(CertificateProblem.ExtendedKeyUsage, "cert-eku", Level.Breaks)]
    [InlineData(ChainOrder, "cert-chain-order", Level.Warn)]
    [InlineData(WeakKey, "cert-weak-key", Level.Warn)]
    [InlineData(Sha1, "cert-sha1", Level.Warn)]
    [InlineData(KeyUsage, "cert-ku", Level.Warn)]
    public void One_problem_is_one_finding_that_costs_what_the_policy_makes_of_it(
        CertificateProblem problem,
        string id,
        Level enforced
    )
    {
        Assert.Equal([$"{id} {enforced} mx1.example.com"], Faults(Facts(Enforce, HostWith(problem))));
        Assert.Equal([$"{id} Warn mx1.example.com"], Faults(Facts(Testing, HostWith(problem))));
        Assert.Equal([$"{id} Info mx1.example.com"], Faults(Facts(NoPolicy, HostWith(problem))));
    }

    [Fact]
    public void Every_problem_has_a_finding() =>
        Assert.All(Enum.GetValues<CertificateProblem>(), p => Assert.NotEmpty(Faults(Facts(Enforce, HostWith(p)))));

    [Fact]
    public void A_good_certificate_is_said_to_be_good()
    {
        var finding = Assert.Single(
            RuleBook.Judge(Facts(Enforce, Host())),
            f => f.Id.StartsWith("cert-", StringComparison.Ordinal)
        );

        Assert.Equal("cert-name Ok mx1.example.com", Line(finding));
        Assert.Equal(
            "The certificate of mx1.example.com is valid until 2027-01-22 (issued by CN=Test Intermediate).",
            finding.Summary
        );
    }

    [Theory]
    [InlineData(SelfSigned, "cert-self-signed")]
    [InlineData(ChainIncomplete, "cert-chain-incomplete")]
    [InlineData(Signature, "cert-signature")]
    public void A_named_cause_of_distrust_is_not_accused_twice(CertificateProblem cause, string id) =>
        Assert.Equal([$"{id} Breaks mx1.example.com"], Faults(Facts(Enforce, HostWith(CertificateProblem.Untrusted, cause))));

    [Fact]
    [Trait("rfc", "7672-2.2-1")]
    public void Where_DANE_decides_a_PKIX_fault_is_a_fact()
    {
        var host = DaneHost([Matching], CertificateProblem.SelfSigned, CertificateProblem.Name, WeakKey);

        Assert.All(Faults(Facts(Enforce, host).Secure()), f => Assert.Contains(" Info ", f));
        Assert.All(Faults(Facts(NoPolicy, host).Secure()), f => Assert.Contains(" Info ", f));
    }

    [Fact]
    public void Where_only_TLS_is_demanded_a_testing_policy_still_looks_at_the_certificate()
    {
        var host = DaneHost([Other(usage: 1)], Expired);

        Assert.Equal(["cert-expired Warn mx1.example.com"], Faults(Facts(Testing, host).Secure()));
        Assert.Equal(["cert-expired Info mx1.example.com"], Faults(Facts(NoPolicy, host).Secure()));
        Assert.Equal(["cert-expired Breaks mx1.example.com"], Faults(Facts(Enforce, host).Secure()));
    }

    [Theory]
    [InlineData(Enforce)]
    [InlineData(Testing)]
    public void An_uncovered_host_is_not_accused_of_its_certificate(string mode)
    {
        var facts = FactsBuilder
            .Healthy()
            .WithHosts(HostWith(Expired, CertificateProblem.Name))
            .WithPolicy(Policy(mode, "mx2.example.com"));

        Assert.Equal(["cert-name Info mx1.example.com", "cert-expired Info mx1.example.com"], Faults(facts));
    }

    [Fact]
    public void The_same_fault_at_every_address_is_one_finding()
    {
        var finding = Assert.Single(MxCertificates.Expired(Facts(Enforce, HostWith(Tls(Expired), Tls(Expired)))));

        Assert.Equal("cert-expired Breaks mx1.example.com", Line(finding));
        Assert.Equal("192.0.2.1, 192.0.2.2", finding.Evidence["addresses"]);
    }

    [Fact]
    public void A_fault_at_one_address_names_it_and_nothing_is_said_to_be_good() =>
        Assert.Equal(
            ["cert-expired Breaks mx1.example.com [192.0.2.2]"],
            Lines(Facts(Enforce, HostWith(Tls(), Tls(Expired))), MxCertificates.Expired, MxCertificates.Good)
        );

    [Theory]
    [InlineData(13, Enforce, "cert-expiring Warn mx1.example.com")]
    [InlineData(13, NoPolicy, "cert-expiring Info mx1.example.com")]
    [InlineData(15, Enforce, null)]
    public void Two_weeks_are_little_time(int days, string mode, string? expected)
    {
        var leaf = FactsBuilder.Certificate("mx1.example.com", FactsBuilder.Now.AddDays(days));
        var host = HostWith(new TlsOutcome.Established("TLSv1.3", "TLS_AES_128_GCM_SHA256", new([leaf], [])));

        Assert.Equal(expected is null ? [] : [expected], Lines(Facts(mode, host), MxCertificates.Expiring));
    }

    [Fact]
    public void What_has_expired_does_not_expire_soon() =>
        Assert.Empty(MxCertificates.Expiring(Facts(Enforce, HostWith(Expired))));

    [Fact]
    public void Names_from_a_certificate_are_shown_harmlessly()
    {
        var leaf = FactsBuilder.Certificate("\u001b[31mevil\r\n");
        var chain = new PresentedChain([leaf], [CertificateProblem.Name]);
        var host = HostWith(new TlsOutcome.Established("TLSv1.3", "TLS_AES_128_GCM_SHA256", chain));

        var summary = Assert.Single(MxCertificates.Name(Facts(Enforce, host))).Summary;

        Assert.DoesNotContain(summary, char.IsControl);
    }

    private static IEnumerable<string> Faults(DomainFacts facts) =>
        RuleBook.Judge(facts).Where(f => f.Id.StartsWith("cert-", StringComparison.Ordinal) && f.Level != Level.Ok).Select(Line);
}
