using System.Text;
using Postseal.Protocol.Socketmap;
using Xunit;

namespace Postseal.Tests.Protocol.Socketmap;

/// <summary>The keys that Postfix and Sendmail ask for.</summary>
public sealed class DestinationTests
{
    [Theory]
    [Trait("rfc", "8461-3.4-1")]
    [InlineData("example.com", "example.com", "example.com", false, null)]
    [InlineData("EXAMPLE.Com", "example.com", "example.com", false, null)]
    [InlineData("example.com.", "example.com", "example.com", false, null)]
    [InlineData("[relay.example.com]", "[relay.example.com]", "relay.example.com", true, null)]
    [InlineData("[relay.example.com]:587", "[relay.example.com]:587", "relay.example.com", true, 587)]
    [InlineData("[Relay.example.com]:submission", "[relay.example.com]:587", "relay.example.com", true, 587)]
    [InlineData("relay.example.com:2525", "relay.example.com:2525", "relay.example.com", false, 2525)]
    [InlineData("relay.example.com:odd-service", "relay.example.com", "relay.example.com", false, null)]
    [InlineData("bücher.example", "xn--bcher-kva.example", "xn--bcher-kva.example", false, null)]
    [InlineData("_dmarc.example.com", "_dmarc.example.com", "_dmarc.example.com", false, null)]
    public void A_next_hop_has_a_policy_domain(string key, string canonical, string domain, bool isHost, int? port)
    {
        Assert.True(Destination.TryParse(Encoding.UTF8.GetBytes(key), out var destination));
        Assert.Equal(
            (canonical, domain, isHost, port),
            (destination.ToString(), destination.Domain.Value, destination.IsHost, destination.Port)
        );
    }

    [Theory]
    [Trait("rfc", "8461-3.4-2")]
    [Trait("rfc", "8461-3.4-3")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData(".example.com")] // Postfix asks for parents; policies are not inherited
    [InlineData("[192.0.2.1]")]
    [InlineData("[192.0.2.1]:25")]
    [InlineData("192.0.2.1")]
    [InlineData("[IPv6:2001:db8::1]")]
    [InlineData("[2001:db8::1]:25")]
    [InlineData("2001:db8::1")]
    [InlineData("[example.com")]
    [InlineData("[example.com]x")]
    [InlineData("[example.com]:")]
    [InlineData("example.com:")]
    [InlineData("example.com:0")]
    [InlineData("example.com:65536")]
    [InlineData("example.com:99999999999999999999")]
    [InlineData("exa mple.com")]
    [InlineData("a..example.com")]
    [InlineData("unix:/some/socket")]
    public void What_has_no_policy_needs_no_look_up(string key) =>
        Assert.False(Destination.TryParse(Encoding.UTF8.GetBytes(key), out _));

    [Fact]
    public void Bytes_that_are_no_text_and_keys_without_end_are_no_destination()
    {
        Assert.False(Destination.TryParse([0xFF, 0xFE, (byte)'.', (byte)'a'], out _));
        Assert.False(Destination.TryParse(Encoding.ASCII.GetBytes(new string('a', 9999)), out _));
        Assert.False(Destination.TryParse(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("\u00fc", 600))), out _));
    }
}
