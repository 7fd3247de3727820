using Postseal.Protocol;
using Xunit;

namespace Postseal.Tests.Protocol;

public sealed class DomainNameTests
{
    [Theory]
    [Trait("rfc", "8461-1.1-1")]
    [InlineData("example.com", "example.com")]
    [InlineData("Example.COM.", "example.com")]
    [InlineData("münchen.example", "xn--mnchen-3ya.example")]
    [InlineData("MÜNCHEN。Example", "xn--mnchen-3ya.example")]
    [InlineData("भारत.भारत", "xn--h2brj9c.xn--h2brj9c")]
    [InlineData("例え.テスト", "xn--r8jz45g.xn--zckzah")]
    [InlineData("_mta-sts.example.com", "_mta-sts.example.com")]
    public void A_name_is_normalised_once(string text, string expected) => Assert.Equal(expected, DomainName.Parse(text).Value);
}
