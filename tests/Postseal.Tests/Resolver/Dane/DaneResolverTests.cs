using System.Net.Sockets;
using Postseal.Protocol;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Dns;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Resolver.Dane;

public sealed class DaneResolverTests
{
    private const string Digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Fact]
    [Trait("rfc", "7672-2.2-1")]
    [Trait("rfc", "6698-3-1")]
    public async Task Secure_records_of_a_secure_host_are_usable()
    {
        var usable = Assert.IsType<DaneLookup.Usable>(
            await LookupAsync(
                $"""
                secure example.com
                mx.example.com           A     192.0.2.1
                _25._tcp.mx.example.com  TLSA  3 1 1 {Digest}
                """
            )
        );

        Assert.Equal("mx.example.com", usable.BaseDomain.Value);
        Assert.Single(usable.Records);
    }

    [Fact]
    [Trait("rfc", "7672-2.2-2")]
    [Trait("rfc", "7672-3.1.3-2")]
    public async Task Secure_records_of_which_none_is_usable_are_told_apart() =>
        Assert.IsType<DaneLookup.Unusable>(
            await LookupAsync(
                $"""
                secure example.com
                mx.example.com           A     192.0.2.1
                _25._tcp.mx.example.com  TLSA  1 1 1 {Digest}
                _25._tcp.mx.example.com  TLSA  3 1 9 {Digest}
                """
            )
        );

    [Fact]
    [Trait("rfc", "7672-2.2.2-2")]
    public async Task An_insecure_host_is_not_asked_for_TLSA_at_all()
    {
        var dns = new FakeDns(
            $"""
            secure _tcp.mx.example.com
            mx.example.com           A     192.0.2.1
            _25._tcp.mx.example.com  TLSA  3 1 1 {Digest}
            """
        );

        Assert.Equal(new DaneLookup.NotApplicable("address-insecure"), await LookupAsync(dns));
        Assert.DoesNotContain(dns.Asked, q => q.EndsWith("TLSA", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("rfc", "7672-2.2.2-1")]
    public async Task A_host_without_addresses_is_not_asked_for_TLSA() =>
        Assert.Equal(new DaneLookup.NotApplicable("no-address"), await LookupAsync("secure example.com"));

    [Theory]
    [Trait("rfc", "7672-2.1.2-2")]
    [InlineData("servfail", DnsFailure.ServFail)]
    [InlineData("timeout", DnsFailure.Timeout)]
    [InlineData("bogus", DnsFailure.Bogus)]
    public async Task A_failing_TLSA_look_up_is_never_no_TLSA(string failure, DnsFailure expected) =>
        Assert.Equal(
            expected,
            Assert
                .IsType<DaneLookup.Failed>(
                    await LookupAsync(
                        $"""
                        secure example.com
                        mx.example.com           A     192.0.2.1
                        _25._tcp.mx.example.com  TLSA  !{failure}
                        """
                    )
                )
                .Failure
        );

    [Fact]
    [Trait("rfc", "7672-2.2-3")]
    [Trait("rfc", "7672-2.1.1-1")]
    public async Task A_proven_absence_means_that_DANE_does_not_apply() =>
        Assert.Equal(
            new DaneLookup.NotApplicable("no-tlsa"),
            await LookupAsync(
                """
                secure example.com
                mx.example.com A 192.0.2.1
                """
            )
        );

    [Fact]
    [Trait("rfc", "7672-2.2-3")]
    [Trait("rfc", "6698-4.1-1")]
    public async Task Insecure_records_of_a_secure_host_do_not_count() =>
        Assert.Equal(
            new DaneLookup.NotApplicable("tlsa-insecure"),
            await LookupAsync(
                $"""
                secure example.com
                mx.example.com           A      192.0.2.1
                _25._tcp.mx.example.com  CNAME  tlsa.other.test
                tlsa.other.test          TLSA   3 1 1 {Digest}
                """
            )
        );

    [Fact]
    [Trait("rfc", "7672-2.2.2-2")]
    public async Task A_broken_AAAA_does_not_stand_in_the_way() =>
        Assert.IsType<DaneLookup.Usable>(
            await LookupAsync(
                $"""
                secure example.com
                mx.example.com           A     192.0.2.1
                mx.example.com           AAAA  !servfail
                _25._tcp.mx.example.com  TLSA  3 1 1 {Digest}
                """
            )
        );

    [Fact]
    [Trait("rfc", "7672-2.2.2-3")]
    public async Task A_secure_alias_is_expanded_first()
    {
        var usable = Assert.IsType<DaneLookup.Usable>(
            await LookupAsync(
                $"""
                secure example.com
                secure hoster.test
                mx.example.com           CNAME via.hoster.test
                via.hoster.test          CNAME mx.hoster.test
                mx.hoster.test           A     192.0.2.1
                _25._tcp.mx.example.com  TLSA  3 1 1 {Digest}
                _25._tcp.via.hoster.test TLSA  3 1 1 {Digest}
                _25._tcp.mx.hoster.test  TLSA  3 1 1 {Digest}
                """
            )
        );

        Assert.Equal("mx.hoster.test", usable.BaseDomain.Value);
    }

    [Fact]
    [Trait("rfc", "7672-2.2.2-3")]
    public async Task Without_records_at_the_expanded_name_the_host_name_is_asked_and_no_name_between()
    {
        var dns = new FakeDns(
            $"""
            secure example.com
            secure hoster.test
            mx.example.com           CNAME via.hoster.test
            via.hoster.test          CNAME mx.hoster.test
            mx.hoster.test           A     192.0.2.1
            _25._tcp.via.hoster.test TLSA  3 1 1 {Digest}
            _25._tcp.mx.example.com  TLSA  3 1 1 {Digest}
            """
        );

        Assert.Equal("mx.example.com", Assert.IsType<DaneLookup.Usable>(await LookupAsync(dns)).BaseDomain.Value);
        Assert.DoesNotContain("_25._tcp.via.hoster.test TLSA", dns.Asked);
    }

    [Fact]
    [Trait("rfc", "7672-2.2.2-3")]
    public async Task A_secure_alias_to_an_insecure_address_leaves_the_host_name()
    {
        var dns = new FakeDns(
            $"""
            secure example.com
            mx.example.com           CNAME mx.hoster.test
            mx.hoster.test           A     192.0.2.1
            _25._tcp.mx.example.com  TLSA  3 1 1 {Digest}
            """
        );

        Assert.Equal("mx.example.com", Assert.IsType<DaneLookup.Usable>(await LookupAsync(dns)).BaseDomain.Value);
        Assert.DoesNotContain("_25._tcp.mx.hoster.test TLSA", dns.Asked);
    }

    [Fact]
    [Trait("rfc", "7672-2.1.3-1")]
    public async Task An_insecure_alias_to_a_secure_address_is_insecure() =>
        Assert.Equal(
            new DaneLookup.NotApplicable("address-insecure"),
            await LookupAsync(
                $"""
                secure hoster.test
                mx.example.com           CNAME mx.hoster.test
                mx.hoster.test           A     192.0.2.1
                _25._tcp.mx.hoster.test  TLSA  3 1 1 {Digest}
                """
            )
        );

    [Fact]
    [Trait("rfc", "7672-2.2.3-1")]
    public async Task An_alias_at_the_TLSA_name_is_followed_and_the_base_domain_stays()
    {
        var usable = Assert.IsType<DaneLookup.Usable>(
            await LookupAsync(
                $"""
                secure example.com
                mx.example.com           A      192.0.2.1
                _25._tcp.mx.example.com  CNAME  _dane.example.com
                _dane.example.com        TLSA   2 1 1 {Digest}
                """
            )
        );

        Assert.Equal("mx.example.com", usable.BaseDomain.Value);
    }

    [Fact]
    [Trait("rfc", "7672-2.2.3-1")]
    public async Task The_port_is_part_of_the_question()
    {
        var dns = new FakeDns(
            """
            secure example.com
            mx.example.com A 192.0.2.1
            """
        );
        await LookupAsync(dns, port: 2525);

        Assert.Contains("_2525._tcp.mx.example.com TLSA", dns.Asked);
    }

    private static Task<DaneLookup> LookupAsync(string zone) => LookupAsync(new FakeDns(zone));

    private static async Task<DaneLookup> LookupAsync(FakeDns dns, int port = 25)
    {
        var ct = TestContext.Current.CancellationToken;
        var host = DomainName.Parse("mx.example.com");
        var v4 = await dns.AddressesAsync(host, AddressFamily.InterNetwork, ct);
        var v6 = await dns.AddressesAsync(host, AddressFamily.InterNetworkV6, ct);
        return await new DaneResolver(dns).LookupAsync(host, v4, v6, port, ct);
    }
}
