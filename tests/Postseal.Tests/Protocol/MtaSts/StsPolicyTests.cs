using Postseal.Protocol.MtaSts;
using Xunit;

namespace Postseal.Tests.Protocol.MtaSts;

public sealed class StsPolicyTests
{
    [Fact]
    public void A_policy_renders_as_it_was_written()
    {
        var text = "version: STSv1\r\nmode: enforce\r\nmx: mx.example.com\r\nmx: *.example.net\r\nmax_age: 604800\r\n"u8;
        Assert.True(StsPolicy.TryParse(text, out var policy, out _));
        Assert.Equal(System.Text.Encoding.UTF8.GetString(text), policy.ToString());
    }
}
