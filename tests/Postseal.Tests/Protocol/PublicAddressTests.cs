using System.Net;
using CsCheck;
using Postseal.Protocol;
using Xunit;

namespace Postseal.Tests.Protocol;

public sealed class PublicAddressTests
{
    [Theory]
    [Trait("rfc", "8461-3.3-17")]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.1")]
    [InlineData("169.253.255.255")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.0.1.0")]
    [InlineData("192.0.3.0")]
    [InlineData("192.88.98.255")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("198.51.99.255")]
    [InlineData("203.0.114.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("2000::1")]
    [InlineData("2001:200::1")]
    [InlineData("2a00:1450:4001::1b")]
    [InlineData("3ffe::1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2002:808:808::1")]
    public void Addresses_of_the_internet_are_public(string address) =>
        Assert.True(PublicAddress.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [Trait("rfc", "8461-3.3-17")]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.255")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.8")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.255")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::8.8.8.8")]
    [InlineData("64:ff9b:1::8.8.8.8")]
    [InlineData("100::1")]
    [InlineData("1fff::1")]
    [InlineData("2001::1")]
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2")]
    [InlineData("2001:20::1")]
    [InlineData("2001:1ff:ffff::1")]
    [InlineData("2001:db8::1")]
    [InlineData("3fff::1")]
    [InlineData("3fff:fff::1")]
    [InlineData("4000::1")]
    [InlineData("5f00::1")]
    [InlineData("fc00::1")]
    [InlineData("fdff::1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("2002:c0a8:101::1")]
    public void Everything_else_is_not(string address) => Assert.False(PublicAddress.IsPublic(IPAddress.Parse(address)));

    [Fact]
    [Trait("rfc", "8461-3.3-17")]
    public void An_address_carried_in_another_is_judged_like_itself() =>
        Gen
            .Byte.Array[4]
            .Sample(four =>
            {
                var plain = PublicAddress.IsPublic(new IPAddress(four));
                byte[] nat64 = [0, 0x64, 0xFF, 0x9B, .. new byte[8], .. four];
                byte[] sixToFour = [0x20, 0x02, .. four, .. new byte[10]];
                Assert.Equal(plain, PublicAddress.IsPublic(new IPAddress(four).MapToIPv6()));
                Assert.Equal(plain, PublicAddress.IsPublic(new IPAddress(nat64)));
                Assert.Equal(plain, PublicAddress.IsPublic(new IPAddress(sixToFour)));
            });

    [Fact]
    public void No_public_ipv6_address_lies_outside_the_unicast_space() =>
        Gen
            .Byte.Array[16]
            .Where(b => b[0] >> 5 != 1)
            .Sample(bytes =>
            {
                var address = new IPAddress(bytes);
                Assert.False(!address.IsIPv4MappedToIPv6 && PublicAddress.IsPublic(address) && bytes[1] != 0x64);
            });
}
