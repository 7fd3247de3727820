using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Protocol.TlsRpt;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Decisions;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Sts;
using Xunit;

namespace Postseal.Tests.Resolver.Decisions;

/// <summary>Table D-MX, row by row.</summary>
public sealed class DecideTests
{
    private static readonly DomainName Domain = DomainName.Parse("example.com");
    private static readonly DomainName Host = DomainName.Parse("mx.example.com");

    [Theory]
    [Trait("rfc", "D-MX-1")]
    [Trait("rfc", "D-MX-2")]
    [Trait("rfc", "D-MX-3")]
    [Trait("rfc", "D-MX-4")]
    [Trait("rfc", "D-MX-5")]
    [Trait("rfc", "D-MX-6")]
    [Trait("rfc", "D-MX-7")]
    [Trait("rfc", "D-MX-8")]
    [Trait("rfc", "D-MX-9")]
    [Trait("rfc", "D-MX-11")]
    [Trait("rfc", "8461-2-1")]
    // MX records, TLSA, policy → row, demand
    [InlineData("secure", "usable", "enforce", "D-MX-1", "TLSA")]
    [InlineData("secure", "usable", "enforce other hosts", "D-MX-1", "TLSA")]
    [InlineData("secure", "usable", "testing", "D-MX-1", "TLSA")]
    [InlineData("secure", "usable", "absent", "D-MX-1", "TLSA")]
    [InlineData("secure", "failed", "enforce", "D-MX-2", "refuse")]
    [InlineData("secure", "failed", "testing", "D-MX-2", "refuse")]
    [InlineData("secure", "failed", "absent", "D-MX-2", "refuse")]
    [InlineData("secure", "unusable", "enforce", "D-MX-3", "PKIX")]
    [InlineData("secure", "unusable", "enforce other hosts", "D-MX-3", "refuse mx-not-in-policy")]
    [InlineData("insecure", "unusable", "enforce", "D-MX-3", "PKIX")]
    [InlineData("secure", "unusable", "testing", "D-MX-4", "TLS, would be PKIX")]
    [InlineData("secure", "unusable", "none", "D-MX-4", "TLS")]
    [InlineData("insecure", "unusable", "absent", "D-MX-4", "TLS")]
    [InlineData("insecure", "usable", "enforce", "D-MX-5", "PKIX and TLSA")]
    [InlineData("insecure", "usable", "enforce other hosts", "D-MX-5", "refuse mx-not-in-policy")]
    [InlineData("insecure", "usable", "testing", "D-MX-6", "TLSA, unproven")]
    [InlineData("insecure", "usable", "none", "D-MX-6", "TLSA, unproven")]
    [InlineData("insecure", "usable", "absent", "D-MX-6", "TLSA, unproven")]
    [InlineData("secure", "none", "enforce", "D-MX-7", "PKIX")]
    [InlineData("insecure", "none", "enforce", "D-MX-7", "PKIX")]
    [InlineData("insecure", "none", "enforce other hosts", "D-MX-7", "refuse mx-not-in-policy")]
    [InlineData("insecure", "none", "testing", "D-MX-8", "anything, would be PKIX")]
    [InlineData("insecure", "none", "testing other hosts", "D-MX-8", "anything, would be refuse mx-not-in-policy")]
    [InlineData("insecure", "none", "none", "D-MX-9", "anything")]
    [InlineData("insecure", "none", "unusable", "D-MX-9", "anything")]
    [InlineData("secure", "none", "absent", "D-MX-9", "anything")]
    [InlineData("insecure", "failed", "enforce", "D-MX-11", "PKIX")]
    [InlineData("insecure", "failed", "enforce other hosts", "D-MX-11", "refuse mx-not-in-policy")]
    [InlineData("insecure", "failed", "testing", "D-MX-11", "anything, would be PKIX")]
    [InlineData("insecure", "failed", "absent", "D-MX-11", "anything")]
    [Trait("rfc", "8461-4-1")]
    [Trait("rfc", "8461-4.1-1")]
    [Trait("rfc", "7672-2.2.1-3")]
    public void Each_row_demands_what_it_says(string mx, string dane, string policy, string row, string demand)
    {
        var decision = Rules.Decide(Domain, Host, mx == "secure", Policies.Sts(policy), Policies.Dane(dane));

        Assert.Equal((row, demand), (decision.Row, Demand(decision)));
    }

    [Fact]
    [Trait("rfc", "7672-3.2.2-1")]
    [Trait("rfc", "7672-8.1-1")]
    public void After_a_secure_MX_look_up_the_recipient_domain_is_a_reference_name_too()
    {
        var decision = Rules.Decide(Domain, Host, mxSecure: true, Policies.Sts("absent"), Policies.Dane("usable"));

        Assert.Equal(
            ["mx.example.com", "example.com"],
            Assert.IsType<Decision.RequireTlsa>(decision).ReferenceNames.Select(n => n.Value)
        );
    }

    [Fact]
    [Trait("rfc", "7672-3.2.2-1")]
    public void After_an_insecure_MX_look_up_only_the_host_is_a_reference_name()
    {
        var decision = Rules.Decide(Domain, Host, mxSecure: false, Policies.Sts("absent"), Policies.Dane("usable"));

        Assert.Equal(["mx.example.com"], Assert.IsType<Decision.RequireTlsa>(decision).ReferenceNames.Select(n => n.Value));
    }

    [Fact]
    [Trait("rfc", "D-RES-9")]
    public void A_bogus_TLSA_answer_is_reported_and_a_silent_server_is_not()
    {
        var bogus = Rules.Decide(
            Domain,
            Host,
            mxSecure: true,
            Policies.Sts("absent"),
            new DaneLookup.Failed(DnsFailure.Bogus, "")
        );
        var silent = Rules.Decide(
            Domain,
            Host,
            mxSecure: true,
            Policies.Sts("absent"),
            new DaneLookup.Failed(DnsFailure.Timeout, "")
        );

        Assert.Equal(TlsResult.DnssecInvalid, Assert.IsType<Decision.Refuse>(bogus).Result);
        Assert.Null(Assert.IsType<Decision.Refuse>(silent).Result);
    }

    [Fact]
    public void A_refusal_names_the_patterns()
    {
        var policy = new StsPolicy(
            StsMode.Enforce,
            [Policies.Pattern("mx1.example.com"), Policies.Pattern("*.mail.example.com")],
            86400,
            []
        );
        var decision = Rules.Decide(
            Domain,
            DomainName.Parse("mx3.example.com"),
            false,
            new StsLookup.Found(policy, true),
            Policies.Dane("none")
        );

        Assert.Equal("mx3.example.com is not listed in the policy (mx: mx1.example.com, *.mail.example.com).", decision.Why);
    }

    [Theory]
    [Trait("rfc", "8461-5-1")]
    [MemberData(nameof(Inputs))]
    public void Enforce_is_never_weaker_than_testing_or_nothing(bool mxSecure, string dane, bool covered)
    {
        var tail = covered ? "" : " other hosts";
        var enforce = Strictness(Decide("enforce" + tail));

        Assert.True(enforce > 0);
        Assert.True(enforce >= Strictness(Decide("testing" + tail)));
        Assert.True(enforce >= Strictness(Decide("absent")));

        Decision Decide(string policy) => Rules.Decide(Domain, Host, mxSecure, Policies.Sts(policy), Policies.Dane(dane));
    }

    [Fact]
    [Trait("rfc", "8461-2-1")]
    public void No_policy_rescues_a_host_that_DANE_protects()
    {
        foreach (var policy in Policies.AllSts)
        {
            Assert.IsType<Decision.RequireTlsa>(
                Rules.Decide(Domain, Host, mxSecure: true, Policies.Sts(policy), Policies.Dane("usable"))
            );
            Assert.IsType<Decision.Refuse>(
                Rules.Decide(Domain, Host, mxSecure: true, Policies.Sts(policy), Policies.Dane("failed"))
            );
        }
    }

    public static IEnumerable<TheoryDataRow<bool, string, bool>> Inputs =>
        from mxSecure in (bool[])[false, true]
        from dane in Policies.AllDane
        from covered in (bool[])[false, true]
        select new TheoryDataRow<bool, string, bool>(mxSecure, dane, covered);

    private static int Strictness(Decision decision) =>
        decision switch
        {
            Decision.Opportunistic => 0,
            Decision.RequireTls => 1,
            Decision.RequireTlsa { ProvenForDomain: false } => 2,
            Decision.RequireTlsa or Decision.RequirePkix => 3,
            Decision.Refuse => 4,
            _ => throw new ArgumentOutOfRangeException(nameof(decision)),
        };

    private static string Demand(Decision decision) =>
        decision switch
        {
            Decision.Refuse { ReasonCode: "mx-not-in-policy", Result: TlsResult.ValidationFailure } => "refuse mx-not-in-policy",
            Decision.Refuse => "refuse",
            Decision.RequirePkix { AlsoTlsa.Count: > 0 } => "PKIX and TLSA",
            Decision.RequirePkix { ReferenceName: var name } => name.Equals(Host) ? "PKIX" : $"PKIX for {name}",
            Decision.RequireTlsa tlsa => tlsa.ProvenForDomain ? "TLSA" : "TLSA, unproven",
            Decision.RequireTls tls => "TLS" + Would(tls.Judged),
            Decision.Opportunistic any => "anything" + Would(any.Judged),
            _ => throw new ArgumentOutOfRangeException(nameof(decision)),
        };

    private static string Would(Decision? judged) => judged is null ? "" : $", would be {Demand(judged)}";
}
