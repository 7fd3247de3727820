using CsCheck;
using Postseal.Protocol.Smtp;
using Xunit;

namespace Postseal.Tests.Protocol.Smtp;

public sealed class EhloReplyTests
{
    [Fact]
    [Trait("rfc", "3207-4-1")]
    public void Keywords_are_offered_whatever_their_case()
    {
        var ehlo = From("mx.example.com greets you", "PIPELINING", "size 10240000", "StartTLS", "AUTH PLAIN LOGIN");
        Assert.Equal("mx.example.com", ehlo.Greeting);
        Assert.Equal(
            "PIPELINING=|SIZE=10240000|STARTTLS=|AUTH=PLAIN LOGIN",
            string.Join('|', ehlo.Keywords.Select(k => $"{k.Name}={k.Value}"))
        );
        Assert.True(ehlo.Offers("STARTTLS"));
        Assert.True(ehlo.Offers("starttls"));
        Assert.False(ehlo.Offers("REQUIRETLS"));
    }

    [Theory]
    [InlineData("XSTARTTLS", false)]
    [InlineData("STARTTLSX", false)]
    [InlineData("STARTTLS\0", false)]
    [InlineData("XXXXXXXA", false)]
    [InlineData("X STARTTLS", false)]
    [InlineData(" STARTTLS ", true)]
    [InlineData("STARTTLS ignored", true)]
    [Trait("rfc", "3207-4-1")]
    public void Only_the_keyword_itself_counts(string line, bool offered) =>
        Assert.Equal(offered, From("mx.example.com", line).Offers("STARTTLS"));

    [Fact]
    public void The_first_line_is_no_keyword() => Assert.False(From("STARTTLS").Offers("STARTTLS"));

    [Fact]
    public void Empty_lines_are_skipped() => Assert.Equal(new EhloReply("", [new("SIZE", "")]), From("", "", " ", "SIZE"));

    [Fact]
    public void Any_text_is_made_printable_and_short() =>
        Gen.Char['\0', 'ÿ']
            .Array[0, 600]
            .Select(c => new string(c))
            .Array[1, 4]
            .Sample(lines =>
            {
                var ehlo = From(lines);
                string[] shown = [ehlo.Greeting, .. ehlo.Keywords.SelectMany(k => (string[])[k.Name, k.Value])];
                Assert.All(shown, s => Assert.True(s.Length <= EhloReply.MaxText && !s.Any(char.IsControl)));
            });

    private static EhloReply From(params string[] lines) => EhloReply.From(new SmtpReply(250, [.. lines]));
}
