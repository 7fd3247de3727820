using Postseal.Server.SenderTest.Running;
using Postseal.Server.SenderTest.Tests;
using Xunit;

namespace Postseal.Tests.Server.SenderTest.Running;

public sealed class ViaTests
{
    [Theory]
    [InlineData("127.0.0.1:10025", "127.0.0.1:10025", true)]
    [InlineData("127.0.0.1", "127.0.0.1:25", true)]
    [InlineData("[::1]:587", "[::1]:587", true)]
    [InlineData("[::1]", "[::1]:25", true)]
    [InlineData("localhost:25", "localhost:25", true)]
    [InlineData("mail.example.com:587", "mail.example.com:587", false)]
    [InlineData("192.0.2.1", "192.0.2.1:25", false)]
    public void A_server_is_a_name_or_an_address_and_perhaps_a_port(string text, string read, bool isHere)
    {
        var via = Via.Parse(text);
        Assert.Equal(read, via?.ToString());
        Assert.Equal(isHere, via?.IsHere);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":25")]
    [InlineData("host:")]
    [InlineData("host:x")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:+25")]
    [InlineData("[::1")]
    [InlineData("[::1]25")]
    [InlineData("a b:25")]
    [InlineData("you@example.com")]
    public void All_else_is_refused(string text) => Assert.Null(Via.Parse(text));

    [Fact]
    public void Tokens_are_long_and_differ()
    {
        string[] tokens = [.. Enumerable.Range(0, 1000).Select(_ => TestKey.New())];
        Assert.Equal(1000, tokens.Distinct(StringComparer.Ordinal).Count());
        Assert.All(tokens, t => Assert.Matches("^[a-z2-7]{26}$", t));
    }
}
