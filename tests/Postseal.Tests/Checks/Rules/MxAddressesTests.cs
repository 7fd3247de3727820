using System.Net;
using Postseal.Checks.Facts;
using Postseal.Checks.Rules;
using Postseal.Protocol;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;
using Postseal.Smtp.Probe;
using Xunit;
using static Postseal.Tests.Checks.FactsBuilder;
using static Postseal.Tests.Checks.Rules.MxFacts;

namespace Postseal.Tests.Checks.Rules;

public sealed class MxAddressesTests
{
    private static readonly DnsAnswer<IPAddress> NoAddress = Absent<IPAddress>();
    private static readonly DnsAnswer<IPAddress> NoAnswer = Failed<IPAddress>();

    [Fact]
    [Trait("rfc", "5321-5.1-4")]
    public void Hosts_with_addresses_are_fine() =>
        Assert.Equal(["mx-unresolvable Ok example.com"], Lines(Healthy(), MxAddresses.Unresolvable));

    [Fact]
    [Trait("rfc", "5321-5.1-4")]
    public void A_host_without_an_address_is_a_risk_and_none_with_one_is_the_end()
    {
        var gone = At(NoAddress, NoAddress);

        Assert.Equal(["mx-unresolvable Warn mx1.example.com"], Unresolvable(gone, Rules.MxFacts.Host("mx2.example.com")));
        Assert.Equal(["mx-unresolvable Breaks mx1.example.com"], Unresolvable(gone));
    }

    [Fact]
    [Trait("rfc", "7672-2.2.2-2")]
    public void A_failed_look_up_is_unknown_unless_the_other_family_answers()
    {
        Assert.Equal(["mx-unresolvable Unknown mx1.example.com"], Unresolvable(At(NoAnswer, NoAnswer)));
        Assert.Equal(["mx-unresolvable Unknown mx1.example.com"], Unresolvable(At(NoAddress, NoAnswer)));
        Assert.Equal(["mx-unresolvable Ok example.com"], Unresolvable(At(Found(IPAddress.Parse("192.0.2.1")), NoAnswer)));
    }

    [Fact]
    public void An_address_in_an_MX_record_is_shown_harmlessly()
    {
        var facts = Facts(NoPolicy, Rules.MxFacts.Host());
        facts = facts with
        {
            Mx = (MxLookup.Hosts)facts.Mx with { Records = [new(10, "192.0.2.1", null), new(20, "\u001b[2J", null)] },
        };

        Assert.Equal(
            ["mx-unresolvable Warn 192.0.2.1", "mx-unresolvable Warn \\x1B[2J", "mx-unresolvable Ok example.com"],
            Lines(facts, MxAddresses.Unresolvable)
        );
    }

    [Fact]
    [Trait("rfc", "5321-5.1-4")]
    public void An_alias_is_named_with_its_target()
    {
        var aliased = new DnsAnswer<IPAddress>.Found(
            [IPAddress.Parse("192.0.2.1")],
            Ttl,
            Secure: false,
            [DomainName.Parse("a.hoster.example"), DomainName.Parse("b.hoster.example")]
        );

        var finding = Assert.Single(MxAddresses.Alias(Facts(NoPolicy, At(aliased, NoAddress))));

        Assert.Equal("mx-cname Warn mx1.example.com", Line(finding));
        Assert.Equal("a.hoster.example, b.hoster.example", finding.Evidence["aliases"]);
    }

    [Theory]
    [InlineData("10.0.0.5", true)]
    [InlineData("100.64.0.1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("192.0.2.25", false)]
    [InlineData("127.0.0.9", false)]
    [InlineData("8.8.8.8", false)]
    public void A_private_address_is_accused(string address, bool accused)
    {
        var facts = Facts(NoPolicy, At(Found(IPAddress.Parse(address)), NoAddress));

        Assert.Equal(accused ? ["mx-private-ip Warn mx1.example.com"] : [], Lines(facts, MxAddresses.Private));
    }

    [Fact]
    public void Loopback_is_accused_once_the_probe_has_refused_it()
    {
        var host = At(Found(IPAddress.Loopback), NoAddress) with
        {
            Sessions = [Silent(new ProbeStop.AddressRefused("127.0.0.1 is not a public address."), "127.0.0.1")],
        };

        Assert.Equal(["mx-private-ip Warn mx1.example.com"], Lines(Facts(NoPolicy, host), MxAddresses.Private));
    }

    [Theory]
    [InlineData("mx1.example.com", null)]
    [InlineData("static-1.isp.example", "mx-ptr Info mx1.example.com")]
    [InlineData("", "mx-ptr Warn mx1.example.com")]
    public void A_reverse_name_leads_back_or_not(string name, string? expected)
    {
        var answer = name == "" ? Absent<DomainName>() : Found(DomainName.Parse(name));

        Assert.Equal(expected is null ? [] : [expected], Lines(Facts(NoPolicy, Pointing(answer)), MxAddresses.Reverse));
    }

    [Fact]
    public void A_reverse_name_that_was_not_asked_for_or_not_answered_is_no_fault()
    {
        Assert.Empty(MxAddresses.Reverse(Facts(NoPolicy, Pointing(null))));
        Assert.Empty(MxAddresses.Reverse(Facts(NoPolicy, Pointing(Failed<DomainName>()))));
    }

    private static string[] Unresolvable(params MxHostFacts[] hosts) => Lines(Facts(NoPolicy, hosts), MxAddresses.Unresolvable);

    private static MxHostFacts At(DnsAnswer<IPAddress> v4, DnsAnswer<IPAddress> v6) =>
        Rules.MxFacts.Host() with
        {
            V4 = v4,
            V6 = v6,
            Sessions = [],
        };

    private static MxHostFacts Pointing(DnsAnswer<DomainName>? pointers) =>
        Rules.MxFacts.Host() with
        {
            Sessions = [Session("mx1.example.com") with { Pointers = pointers }],
        };
}
