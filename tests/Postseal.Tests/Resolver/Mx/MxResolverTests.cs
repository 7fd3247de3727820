using Postseal.Protocol;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Resolver.Mx;

public sealed class MxResolverTests
{
    [Fact]
    [Trait("rfc", "5321-5.1-3")]
    [Trait("rfc", "7672-2.2.1-1")]
    public async Task Hosts_come_by_preference_then_by_name()
    {
        var hosts = Assert.IsType<MxLookup.Hosts>(
            await LookupAsync(
                """
                example.com  MX  20 b.example.com
                example.com  MX  10 z.example.com
                example.com  MX  20 a.example.com
                """
            )
        );

        Assert.Equal(["z.example.com", "a.example.com", "b.example.com"], hosts.InOrder.Select(h => h.Name.Value));
        Assert.False(hosts.IsImplicit);
        Assert.False(hosts.Secure);
    }

    [Fact]
    public async Task A_host_listed_twice_counts_once_at_its_best_preference()
    {
        var hosts = Assert.IsType<MxLookup.Hosts>(
            await LookupAsync(
                """
                example.com  MX  30 mx.example.com
                example.com  MX  10 mx.example.com
                """
            )
        );

        Assert.Equal([new MxHost(DomainName.Parse("mx.example.com"), 10)], hosts.InOrder);
        Assert.Equal(2, hosts.Records.Count);
    }

    [Fact]
    [Trait("rfc", "5321-5.1-1")]
    public async Task An_alias_at_the_domain_is_followed()
    {
        var hosts = Assert.IsType<MxLookup.Hosts>(
            await LookupAsync(
                """
                example.com   CNAME other.test
                other.test    MX    10 mx.other.test
                """
            )
        );

        Assert.Equal("mx.other.test", Assert.Single(hosts.InOrder).Name.Value);
    }

    [Theory]
    [Trait("rfc", "5321-5.1-1")]
    [InlineData("timeout", DnsFailure.Timeout)]
    [InlineData("servfail", DnsFailure.ServFail)]
    [InlineData("bogus", DnsFailure.Bogus)]
    [Trait("rfc", "7672-2.1.2-1")]
    public async Task A_failed_look_up_is_not_an_absent_record(string failure, DnsFailure expected) =>
        Assert.Equal(expected, Assert.IsType<MxLookup.Failed>(await LookupAsync($"example.com MX !{failure}")).Failure);

    [Fact]
    [Trait("rfc", "5321-5.1-1")]
    public async Task A_domain_that_does_not_exist_takes_no_mail() =>
        Assert.False(Assert.IsType<MxLookup.Nowhere>(await LookupAsync("other.test MX 10 mx.other.test")).NameExists);

    [Theory]
    [Trait("rfc", "5321-5.1-2")]
    [InlineData("example.com A 192.0.2.1")]
    [InlineData("example.com AAAA 2001:db8::1")]
    public async Task Without_MX_records_the_domain_itself_takes_mail(string zone)
    {
        var hosts = Assert.IsType<MxLookup.Hosts>(await LookupAsync(zone));

        Assert.True(hosts.IsImplicit);
        Assert.Equal([new MxHost(DomainName.Parse("example.com"), 0)], hosts.InOrder);
        Assert.Empty(hosts.Records);
    }

    [Fact]
    public async Task An_implicit_MX_is_as_secure_as_the_proof_that_there_is_no_MX() =>
        Assert.True(
            Assert
                .IsType<MxLookup.Hosts>(
                    await LookupAsync(
                        """
                        secure example.com
                        example.com A 192.0.2.1
                        """
                    )
                )
                .Secure
        );

    [Fact]
    [Trait("rfc", "5321-5.1-2")]
    [Trait("rfc", "5321-5.1-4")]
    public async Task Addresses_of_the_domain_do_not_stand_in_for_unusable_MX_records()
    {
        var nowhere = Assert.IsType<MxLookup.Nowhere>(
            await LookupAsync(
                """
                example.com  MX  10 192.0.2.7
                example.com  A   192.0.2.1
                """
            )
        );

        Assert.True(nowhere.NameExists);
        Assert.Single(nowhere.Records);
    }

    [Fact]
    public async Task Neither_MX_nor_address_is_nowhere() =>
        Assert.True(Assert.IsType<MxLookup.Nowhere>(await LookupAsync("example.com TXT hello")).NameExists);

    [Fact]
    public async Task An_implicit_MX_with_a_failing_address_look_up_is_unknown() =>
        Assert.IsType<MxLookup.Failed>(await LookupAsync("example.com A !servfail"));

    [Fact]
    [Trait("rfc", "7505-3-1")]
    public async Task A_lone_dot_is_a_null_MX()
    {
        var lookup = await LookupAsync(
            """
            secure example.com
            example.com MX 0 .
            """
        );

        Assert.Equal(new MxLookup.NullMx(Secure: true), lookup);
    }

    [Fact]
    [Trait("rfc", "7505-3-1")]
    public async Task A_dot_beside_other_hosts_is_ignored()
    {
        var hosts = Assert.IsType<MxLookup.Hosts>(
            await LookupAsync(
                """
                example.com MX 0 .
                example.com MX 10 mx.example.com
                """
            )
        );

        Assert.Equal("mx.example.com", Assert.Single(hosts.InOrder).Name.Value);
        Assert.Contains(hosts.Records, r => r.IsNull);
    }

    private static Task<MxLookup> LookupAsync(string zone) =>
        new MxResolver(new FakeDns(zone)).LookupAsync(DomainName.Parse("example.com"), TestContext.Current.CancellationToken);
}
