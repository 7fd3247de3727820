using Postseal.Checks.Facts;
using Postseal.Checks.Rules;
using Postseal.Protocol.Tls;
using Xunit;
using static Postseal.Tests.Checks.Rules.MxFacts;

namespace Postseal.Tests.Checks.Rules;

public sealed class MxTransportTests
{
    private static readonly TlsOutcome NotOffered = new TlsOutcome.NotOffered();
    private static readonly TlsOutcome Refused = new TlsOutcome.CommandRefused(454);
    private static readonly TlsOutcome Broken = new TlsOutcome.HandshakeFailed("alert_handshake_failure");
    private static readonly TlsOutcome TooOld = new TlsOutcome.HandshakeFailed("protocol-version");

    public static TheoryData<string, TlsOutcome, string> Outcomes =>
        new()
        {
            { Enforce, NotOffered, "starttls-missing Breaks mx1.example.com" },
            { Testing, NotOffered, "starttls-missing Warn mx1.example.com" },
            { NoPolicy, NotOffered, "starttls-missing Warn mx1.example.com" },
            { Enforce, Refused, "starttls-handshake Breaks mx1.example.com" },
            { Testing, Refused, "starttls-handshake Warn mx1.example.com" },
            { NoPolicy, Refused, "starttls-handshake Warn mx1.example.com" },
            { Enforce, Broken, "starttls-handshake Breaks mx1.example.com" },
            { Testing, Broken, "starttls-handshake Warn mx1.example.com" },
            { Enforce, TooOld, "tls12-missing Breaks mx1.example.com" },
            { Testing, TooOld, "tls12-missing Warn mx1.example.com" },
            { NoPolicy, TooOld, "tls12-missing Warn mx1.example.com" },
        };

    [Theory]
    [MemberData(nameof(Outcomes))]
    [Trait("rfc", "8461-5-1")]
    [Trait("rfc", "8461-5-2")]
    [Trait("rfc", "3207-4-1")]
    [Trait("rfc", "8996-4-1")]
    public void A_host_without_TLS_costs_what_the_policy_makes_of_it(string mode, TlsOutcome outcome, string expected) =>
        Assert.Equal([expected], Lines(Facts(mode, HostWith(outcome)), All));

    [Theory]
    [InlineData("TLSv1.3", "tls13 Ok example.com")]
    [InlineData("TLSv1.2", "tls13 Info mx1.example.com")]
    public void A_host_with_TLS_is_fine(string version, string expected) =>
        Assert.Equal(["starttls-missing Ok mx1.example.com", expected], Lines(Facts(Enforce, HostWith(Tls(version))), All));

    [Fact]
    public void No_TLS_means_no_word_about_certificates()
    {
        var found = RuleBook.Judge(Facts(Enforce, HostWith(NotOffered)));

        Assert.DoesNotContain(found, f => f.Id.StartsWith("cert-", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("rfc", "7672-2.2-1")]
    public void TLSA_records_promise_TLS_whatever_the_policy_says()
    {
        var usable = DaneHost([Matching]).WithTls(NotOffered);
        var unusable = DaneHost([Other(usage: 1)]).WithTls(NotOffered);

        Assert.Equal(["starttls-missing Breaks mx1.example.com"], Lines(Facts(NoPolicy, usable).Secure(), MxTransport.StartTls));
        Assert.Equal(["starttls-missing Breaks mx1.example.com"], Lines(Facts(Testing, unusable).Secure(), MxTransport.StartTls));
    }

    [Fact]
    public void A_host_that_is_refused_anyway_is_not_accused_a_second_time()
    {
        var facts = FactsBuilder.Healthy().WithHosts(HostWith(NotOffered)).WithPolicy(Policy(Enforce, "mx2.example.com"));

        Assert.Equal(["starttls-missing Warn mx1.example.com"], Lines(facts, All));
    }

    [Fact]
    public void The_same_fault_at_every_address_is_one_finding()
    {
        var finding = Assert.Single(MxTransport.StartTls(Facts(Enforce, HostWith(NotOffered, NotOffered))));

        Assert.Equal("starttls-missing Breaks mx1.example.com", Line(finding));
        Assert.Equal("192.0.2.1, 192.0.2.2", finding.Evidence["addresses"]);
    }

    [Fact]
    public void A_fault_at_one_address_names_it() =>
        Assert.Equal(
            ["starttls-missing Breaks mx1.example.com [192.0.2.2]"],
            Lines(Facts(Enforce, HostWith(Tls(), NotOffered)), MxTransport.StartTls)
        );

    [Fact]
    public void A_hidden_STARTTLS_explains_the_missing_one()
    {
        var hidden = HostWith(NotOffered).WithProbe(p => p with { HiddenStartTls = true });

        Assert.Equal(
            ["starttls-missing Breaks mx1.example.com", "starttls-hidden Warn mx1.example.com"],
            Lines(Facts(Enforce, hidden), All)
        );
    }

    [Fact]
    [Trait("rfc", "8996-4-1")]
    public void Old_versions_beside_new_ones_are_a_risk()
    {
        var old = Host().WithProbe(p => p with { LegacyTls = "TLSv1" });

        Assert.Equal(["tls-version Warn mx1.example.com"], Lines(Facts(Enforce, old), MxTransport.OldVersions));
    }

    [Fact]
    [Trait("rfc", "8461-7.1-3")]
    public void Another_certificate_without_SNI_matters_when_it_is_bad()
    {
        Assert.Empty(MxTransport.Sni(Facts(Enforce, Host())));
        Assert.Equal(["sni-dependence Info mx1.example.com"], Lines(Facts(Enforce, WithoutSni()), MxTransport.Sni));
        Assert.Equal(
            ["sni-dependence Warn mx1.example.com"],
            Lines(Facts(Enforce, WithoutSni(CertificateProblem.Name)), MxTransport.Sni)
        );
    }

    [Fact]
    [Trait("rfc", "8461-7.1-3")]
    public void A_server_must_not_insist_on_SNI()
    {
        var refuses = Host().WithProbe(p => p with { WithoutSni = null, RefusesWithoutSni = true });

        Assert.Equal(["sni-dependence Warn mx1.example.com"], Lines(Facts(Enforce, refuses), MxTransport.Sni));
    }

    private static readonly Func<DomainFacts, IEnumerable<Postseal.Checks.Findings.Finding>>[] All =
    [
        MxTransport.StartTls,
        MxTransport.HiddenStartTls,
        MxTransport.Handshake,
        MxTransport.OldVersions,
        MxTransport.Tls13,
        MxTransport.Sni,
    ];

    private static MxHostFacts WithoutSni(params CertificateProblem[] problems)
    {
        var chain = FactsBuilder.Chain("default.example.net", problems);
        var other = chain with { Certificates = chain.Certificates.SetItem(0, chain.Leaf with { Sha256 = new string('b', 64) }) };
        return Host().WithProbe(p => p with { WithoutSni = other });
    }
}
