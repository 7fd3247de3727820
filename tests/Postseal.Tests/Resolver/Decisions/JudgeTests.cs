using System.Security.Cryptography;
using CsCheck;
using Postseal.Protocol;
using Postseal.Protocol.Tls;
using Postseal.Protocol.TlsRpt;
using Postseal.Resolver.Decisions;
using Xunit;

namespace Postseal.Tests.Resolver.Decisions;

/// <summary>Table D-RES, as far as one session goes.</summary>
public sealed class JudgeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly DomainName Host = DomainName.Parse("mx.example.com");

    private static readonly Decision Pkix = new Decision.RequirePkix("D-MX-7", "", Host, []);
    private static readonly Decision Tls = new Decision.RequireTls("D-MX-4", "", Judged: null);
    private static readonly Decision Any = new Decision.Opportunistic("D-MX-9", "", Judged: null);
    private static readonly Decision Testing = new Decision.Opportunistic("D-MX-8", "", Judged: Pkix);
    private static readonly Decision Tlsa = new Decision.RequireTlsa(
        "D-MX-1",
        "",
        [Policies.Usable],
        [Host],
        ProvenForDomain: true
    );

    [Theory]
    [Trait("rfc", "8461-5-1")]
    [Trait("rfc", "D-RES-1")]
    [InlineData("not offered", "starttls-not-supported", "")]
    [InlineData("454", "starttls-not-supported", "smtp-454")]
    [InlineData("handshake sslv3_alert_handshake_failure", "validation-failure", "sslv3_alert_handshake_failure")]
    public void Without_TLS_no_demand_is_met(string outcome, string result, string code)
    {
        foreach (var decision in new[] { Pkix, Tlsa, Tls })
            Assert.Equal((result, code), Avoided(Rules.Judge(decision, Outcome(outcome), Now)));
    }

    [Theory]
    [Trait("rfc", "D-RES-2")]
    [Trait("rfc", "D-RES-3")]
    [Trait("rfc", "D-RES-4")]
    [Trait("rfc", "D-RES-5")]
    [Trait("rfc", "8461-4.2-1")]
    [Trait("rfc", "8461-4.2-2")]
    [Trait("rfc", "8461-4.2-3")]
    [InlineData("expired", "certificate-expired", "")]
    [InlineData("name", "certificate-host-mismatch", "")]
    [InlineData("untrusted", "certificate-not-trusted", "untrusted")]
    [InlineData("self-signed", "certificate-not-trusted", "self-signed")]
    [InlineData("chain-incomplete", "certificate-not-trusted", "chain-incomplete")]
    [InlineData("not-yet-valid", "certificate-not-trusted", "not-yet-valid")]
    [InlineData("constraints", "certificate-not-trusted", "constraints")]
    [InlineData("signature", "certificate-not-trusted", "signature")]
    [InlineData("eku", "certificate-not-trusted", "eku")]
    [InlineData("name expired", "certificate-expired", "")]
    [InlineData("name expired untrusted", "certificate-not-trusted", "untrusted")]
    [InlineData("weak-key name", "certificate-host-mismatch", "")]
    [Trait("rfc", "8461-4-1")]
    public void A_certificate_that_PKIX_refuses_has_one_result(string problems, string result, string code) =>
        Assert.Equal((result, code), Avoided(Rules.Judge(Pkix, Outcome($"tls {problems}"), Now)));

    [Theory]
    [InlineData("tls")]
    [InlineData("tls weak-key sha1 chain-order ku")]
    public void A_good_certificate_authenticates(string outcome) =>
        Assert.Equal(new SessionVerdict.Use(Authenticated: true), Rules.Judge(Pkix, Outcome(outcome), Now));

    [Fact]
    [Trait("rfc", "D-RES-6")]
    [Trait("rfc", "8461-2-1")]
    public void A_good_certificate_does_not_replace_a_TLSA_match() =>
        Assert.Equal(("certificate-not-trusted", "dane-no-match"), Avoided(Rules.Judge(Tlsa, Outcome("tls"), Now)));

    [Fact]
    [Trait("rfc", "D-MX-5")]
    public void Where_both_are_demanded_both_must_hold()
    {
        var both = new Decision.RequirePkix("D-MX-5", "", Host, [Policies.Usable]);
        var matching = new Decision.RequirePkix("D-MX-5", "", Host, [new(3, 0, 1, [.. SHA256.HashData(Der)])]);

        Assert.Equal(("certificate-not-trusted", "dane-no-match"), Avoided(Rules.Judge(both, Outcome("tls"), Now)));
        Assert.Equal(("certificate-host-mismatch", ""), Avoided(Rules.Judge(matching, Outcome("tls name"), Now)));
        Assert.Equal(new SessionVerdict.Use(Authenticated: true), Rules.Judge(matching, Outcome("tls"), Now));
    }

    [Fact]
    [Trait("rfc", "7672-3.1.1-1")]
    public void A_DANE_EE_match_needs_neither_name_nor_date_nor_root()
    {
        var tlsa = new Decision.RequireTlsa(
            "D-MX-1",
            "",
            [new(3, 0, 1, [.. SHA256.HashData(Der)])],
            [Host],
            ProvenForDomain: true
        );

        Assert.Equal(
            new SessionVerdict.Use(Authenticated: true),
            Rules.Judge(tlsa, Outcome("tls name expired self-signed"), Now)
        );
    }

    [Fact]
    [Trait("rfc", "7672-2.2.1-2")]
    [Trait("rfc", "D-MX-6")]
    public void A_match_under_an_insecure_MX_is_not_called_authenticated()
    {
        var tlsa = new Decision.RequireTlsa(
            "D-MX-6",
            "",
            [new(3, 0, 1, [.. SHA256.HashData(Der)])],
            [Host],
            ProvenForDomain: false
        );

        Assert.Equal(new SessionVerdict.Use(Authenticated: false), Rules.Judge(tlsa, Outcome("tls"), Now));
    }

    [Fact]
    [Trait("rfc", "D-RES-7")]
    [Trait("rfc", "7672-2.2-2")]
    public void With_unusable_records_any_TLS_will_do_and_the_records_are_reported() =>
        Assert.Equal(
            new SessionVerdict.Use(Authenticated: false, new(TlsResult.TlsaInvalid, "all-TLSA-records-unusable")),
            Rules.Judge(Tls, Outcome("tls name self-signed"), Now)
        );

    [Theory]
    [Trait("rfc", "8461-5-2")]
    [InlineData("tls", null)]
    [InlineData("tls expired", "certificate-expired")]
    [InlineData("not offered", "starttls-not-supported")]
    [InlineData("handshake x", "validation-failure")]
    public void Testing_delivers_and_reports(string outcome, string? fault)
    {
        var use = Assert.IsType<SessionVerdict.Use>(Rules.Judge(Testing, Outcome(outcome), Now));

        Assert.Equal(fault, use.Fault?.Result.ToWire());
    }

    [Theory]
    [InlineData("tls expired")]
    [InlineData("not offered")]
    [InlineData("454")]
    [InlineData("handshake x")]
    public void Without_a_policy_any_answer_will_do(string outcome) =>
        Assert.Equal(new SessionVerdict.Use(Authenticated: false), Rules.Judge(Any, Outcome(outcome), Now));

    [Fact]
    [Trait("rfc", "D-RES-8")]
    public void A_host_outside_the_policy_is_avoided_whatever_it_shows()
    {
        var refuse = new Decision.Refuse("D-MX-7", "", TlsResult.ValidationFailure, "mx-not-in-policy");

        foreach (var outcome in new[] { "tls", "not offered", "unknown tcp-refused" })
            Assert.Equal(("validation-failure", "mx-not-in-policy"), Avoided(Rules.Judge(refuse, Outcome(outcome), Now)));
    }

    [Fact]
    public void No_question_has_no_verdict()
    {
        foreach (var decision in new[] { Pkix, Tlsa, Tls, Any, Testing })
            Assert.Equal(new SessionVerdict.Unknown("tcp-refused"), Rules.Judge(decision, Outcome("unknown tcp-refused"), Now));
    }

    [Fact]
    [Trait("rfc", "8461-5-1")]
    public void Testing_finds_a_fault_exactly_where_enforce_refuses() =>
        Gen.Enum<CertificateProblem>()
            .Array[0, 4]
            .Sample(problems =>
            {
                var outcome = new TlsOutcome.Established("TLSv1.3", "", new([Leaf], [.. problems.Distinct().Order()]));
                var enforced = Rules.Judge(Pkix, outcome, Now) is SessionVerdict.Use { Authenticated: true };
                return enforced == (Rules.Judge(Testing, outcome, Now) is SessionVerdict.Use { Fault: null });
            });

    private static readonly byte[] Der = [1, 2, 3];

    private static readonly CertificateFacts Leaf = new(
        "CN=mx",
        "CN=ca",
        ["mx.example.com"],
        Now.AddDays(-1),
        Now.AddDays(1),
        "ECDSA",
        256,
        "sha256ECDSA",
        "",
        [.. Der]
    );

    private static TlsOutcome Outcome(string text) =>
        text.Split(' ') switch
        {
            ["not", "offered"] => new TlsOutcome.NotOffered(),
            ["454"] => new TlsOutcome.CommandRefused(454),
            ["handshake", var reason] => new TlsOutcome.HandshakeFailed(reason),
            ["unknown", var reason] => new TlsOutcome.Unknown(reason),
            ["tls", .. var problems] => new TlsOutcome.Established(
                "TLSv1.3",
                "TLS_AES_128_GCM_SHA256",
                new([Leaf], [.. problems.Select(Problem).Order()])
            ),
            _ => throw new FormatException(text),
        };

    private static CertificateProblem Problem(string wire) =>
        Enum.GetValues<CertificateProblem>().Single(p => p.ToWire() == wire);

    private static (string Result, string Code) Avoided(SessionVerdict verdict)
    {
        var avoid = Assert.IsType<SessionVerdict.Avoid>(verdict);
        return (avoid.Result.ToWire(), avoid.ReasonCode);
    }
}
