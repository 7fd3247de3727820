using Postseal.Checks.Facts;
using Postseal.Checks.Rules;
using Postseal.Protocol;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;
using Xunit;
using static Postseal.Tests.Checks.Rules.MxFacts;

namespace Postseal.Tests.Checks.Rules;

public sealed class MxRecordsTests
{
    public static TheoryData<MxLookup, string[]> Lookups =>
        new()
        {
            { new MxLookup.NullMx(Secure: false), ["mx-null Info example.com"] },
            { new MxLookup.Nowhere(NameExists: false, []), ["mx-none Breaks example.com"] },
            { new MxLookup.Nowhere(NameExists: true, []), ["mx-none Breaks example.com"] },
            { new MxLookup.Nowhere(NameExists: true, [new(10, "192.0.2.1", null)]), ["mx-none Breaks example.com"] },
            {
                new MxLookup.Nowhere(NameExists: true, [new(0, ".", null), new(1, ".", null)]),
                ["mx-null-conflict Warn example.com"]
            },
            { new MxLookup.Failed(DnsFailure.Timeout, "No answer."), ["mx-none Unknown example.com"] },
        };

    [Theory]
    [MemberData(nameof(Lookups))]
    [Trait("rfc", "5321-5.1-2")]
    [Trait("rfc", "7505-3-1")]
    public void No_host_takes_the_mail(MxLookup mx, string[] expected)
    {
        var facts = FactsBuilder.Healthy().WithoutHosts(mx);

        Assert.Equal(expected, Lines(facts, MxRecords.None, MxRecords.Null));
    }

    [Fact]
    public void One_dead_name_server_is_one_finding()
    {
        var facts = FactsBuilder
            .Healthy()
            .WithRecordAnswer(FactsBuilder.Failed<string>(DnsFailure.Timeout))
            .WithoutHosts(new MxLookup.Failed(DnsFailure.Timeout, "No answer."));

        Assert.Empty(MxRecords.None(facts));
    }

    [Fact]
    [Trait("rfc", "5321-5.1-2")]
    public void The_domain_itself_may_stand_in()
    {
        var facts = Facts(NoPolicy, Host("example.com"));
        facts = facts with { Mx = (MxLookup.Hosts)facts.Mx with { IsImplicit = true, Records = [] } };

        Assert.Equal(["mx-none Info example.com"], Lines(facts, MxRecords.None));
    }

    [Fact]
    [Trait("rfc", "7505-3-1")]
    public void A_null_MX_beside_others_is_a_contradiction()
    {
        var facts = WithRecords(new(0, ".", null), Record(10, "mx1.example.com"));

        Assert.Equal(["mx-null-conflict Warn example.com"], Lines(facts, MxRecords.Null));
    }

    [Fact]
    public void A_host_listed_twice_is_named_once()
    {
        var facts = WithRecords(Record(10, "mx1.example.com"), Record(20, "mx1.example.com"), Record(10, "mx2.example.com"));

        Assert.Equal(["mx-dup Warn mx1.example.com"], Lines(facts, MxRecords.Duplicate));
        Assert.EndsWith("example.com. IN MX 10 mx1.example.com.", MxRecords.Duplicate(facts).Single().Remedy);
    }

    [Fact]
    public void A_leftover_verification_record_is_mentioned() =>
        Assert.Equal(
            ["mx-ms-verify-host Info ms12345.msv1.invalid"],
            Lines(Facts(NoPolicy, Host(), Host("ms12345.msv1.invalid")), MxRecords.Verification)
        );

    [Fact]
    public void Healthy_records_are_silent()
    {
        var facts = FactsBuilder.Healthy();

        Assert.Empty(Lines(facts, MxRecords.None, MxRecords.Null, MxRecords.Duplicate, MxRecords.Verification));
    }

    private static MxRecord Record(int preference, string exchange) => new(preference, exchange, DomainName.Parse(exchange));

    private static DomainFacts WithRecords(params MxRecord[] records)
    {
        var facts = Facts(NoPolicy, Host());
        return facts with { Mx = (MxLookup.Hosts)facts.Mx with { Records = records } };
    }
}
