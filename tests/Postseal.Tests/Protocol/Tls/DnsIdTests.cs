using CsCheck;
using Postseal.Protocol;
using Postseal.Protocol.Tls;
using Xunit;

namespace Postseal.Tests.Protocol.Tls;

public sealed class DnsIdTests
{
    [Theory]
    [Trait("rfc", "9525-6.3-1")]
    [InlineData("mx.example.com", "mx.example.com", true)]
    [InlineData("MX.Example.COM", "mx.example.com", true)]
    [InlineData("mx.example.com", "mx.example.org", false)]
    [InlineData("example.com", "mx.example.com", false)]
    [InlineData("mx.example.com", "example.com", false)]
    [InlineData("mx.example.com", "mx.example.com.evil.test", false)]
    [InlineData("evil.test.mx.example.com", "mx.example.com", false)]
    [InlineData("mx.example.com.", "mx.example.com", false)]
    [InlineData("mx.example.com\0.evil.test", "mx.example.com", false)]
    [InlineData(" mx.example.com", "mx.example.com", false)]
    [InlineData("xn--mnchen-3ya.example", "münchen.example", true)]
    [InlineData("münchen.example", "münchen.example", false)]
    [InlineData("192.0.2.1", "mx.example.com", false)]
    [InlineData("", "mx.example.com", false)]
    public void Names_are_compared_whole_and_without_case(string presented, string reference, bool matches) =>
        Assert.Equal(matches, DnsId.Matches(presented, DomainName.Parse(reference)));

    [Theory]
    [Trait("rfc", "9525-6.3-2")]
    [Trait("rfc", "8461-3.3-2")]
    [InlineData("*.example.com", "mx.example.com", true)]
    [InlineData("*.EXAMPLE.com", "mx.example.com", true)]
    [InlineData("*.example.com", "mta-sts.example.com", true)]
    [InlineData("*.example.com", "xn--mnchen-3ya.example.com", true)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("*.example.com", "a.b.example.com", false)]
    [InlineData("*.*.com", "mx.example.com", false)]
    [InlineData("mx.*.com", "mx.example.com", false)]
    [InlineData("f*.example.com", "foo.example.com", false)]
    [InlineData("*o.example.com", "foo.example.com", false)]
    [InlineData("**.example.com", "foo.example.com", false)]
    [InlineData("*.com", "example.com", false)]
    [InlineData("*.com.", "example.com", false)]
    [InlineData("*.", "example", false)]
    [InlineData("*", "example", false)]
    [InlineData("*..example.com", "mx.example.com", false)]
    public void A_wildcard_is_the_whole_first_label_and_stands_for_one(string presented, string reference, bool matches) =>
        Assert.Equal(matches, DnsId.Matches(presented, DomainName.Parse(reference)));

    [Fact]
    public void Whatever_matches_differs_at_most_in_the_first_label()
    {
        var reference = DomainName.Parse("mx.example.com");
        Gen.String[Gen.Char["*.mxeaplco"], 0, 16]
            .Sample(presented =>
            {
                if (DnsId.Matches(presented, reference))
                    Assert.Contains(presented, (string[])["mx.example.com", "*.example.com"]);
            });
    }
}
