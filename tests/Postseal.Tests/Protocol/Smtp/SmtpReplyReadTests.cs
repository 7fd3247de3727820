using System.Text;
using CsCheck;
using Postseal.Protocol.Smtp;
using Xunit;

namespace Postseal.Tests.Protocol.Smtp;

public sealed class SmtpReplyReadTests
{
    private const string Ehlo = "250-mx.example.com greets you\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250 STARTTLS\r\n";

    [Theory]
    [InlineData("220 mx.example.com ESMTP\r\n", 220, "mx.example.com ESMTP")]
    [InlineData("220\r\n", 220, "")]
    [InlineData("220 \r\n", 220, "")]
    [InlineData("220 a\n", 220, "a")]
    [InlineData("220\n", 220, "")]
    [InlineData("220-a\r\n220 b\r\n", 220, "a|b")]
    [InlineData("220-a\n220-\r\n220\r\n", 220, "a||")]
    [InlineData("559 last\r\n", 559, "last")]
    [InlineData("220  two blanks \r\n", 220, " two blanks ")]
    [InlineData("220 a\rb\r\n", 220, "a\rb")]
    [InlineData("220 \u00e9\u001b\0\r\n", 220, "\u00e9\u001b\0")]
    public void A_reply_is_code_and_lines(string text, int code, string lines)
    {
        var complete = Assert.IsType<SmtpReplyRead.Complete>(Read(text));
        Assert.Equal(new SmtpReply(code, [.. lines.Split('|')]), complete.Reply);
        Assert.Equal(text.Length, complete.Consumed);
    }

    [Theory]
    [InlineData("199 no\r\n", "smtp.reply.code", 0)]
    [InlineData("600 no\r\n", "smtp.reply.code", 0)]
    [InlineData("260 no\r\n", "smtp.reply.code", 1)]
    [InlineData("22x no\r\n", "smtp.reply.code", 2)]
    [InlineData("\r\n220 late\r\n", "smtp.reply.code", 0)]
    [InlineData("22\r\n", "smtp.reply.code", 2)]
    [InlineData("22\n", "smtp.reply.code", 2)]
    [InlineData("\n", "smtp.reply.code", 0)]
    [InlineData("\u0016\u0003\u0001", "smtp.reply.code", 0)]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "smtp.reply.code", 0)]
    [InlineData("2200 no\r\n", "smtp.reply.separator", 3)]
    [InlineData("220\tno\r\n", "smtp.reply.separator", 3)]
    [InlineData("220\rno\r\n", "smtp.reply.separator", 3)]
    [InlineData("220-a\r\n221 b\r\n", "smtp.reply.code-differs", 9)]
    [InlineData("250-a\r\n550 b\r\n", "smtp.reply.code-differs", 7)]
    [InlineData("250-a\r\nb\r\n", "smtp.reply.code", 7)]
    public void What_is_no_reply_is_refused_where_it_is_wrong(string text, string code, int offset)
    {
        var invalid = Assert.IsType<SmtpReplyRead.Invalid>(Read(text));
        Assert.Equal((code, offset), (invalid.Error.Code, invalid.Error.Offset));
    }

    [Fact]
    [Trait("rfc", "3207-4-2")]
    public void What_was_sent_ahead_is_left()
    {
        var complete = Assert.IsType<SmtpReplyRead.Complete>(Read("220 go ahead\r\n250 injected\r\n"));
        Assert.Equal(14, complete.Consumed);
        Assert.Equal("go ahead", complete.Reply.Text);
    }

    [Theory]
    [InlineData("220 mx.example.com ESMTP\r\n")]
    [InlineData("220\n")]
    [InlineData(Ehlo)]
    [InlineData("250-a\n250 b\n")]
    public void No_beginning_of_a_reply_is_a_reply(string text)
    {
        for (var length = 0; length < text.Length; length++)
            Assert.IsType<SmtpReplyRead.NeedMore>(Read(text[..length]));

        Assert.IsType<SmtpReplyRead.Complete>(Read(text));
    }

    [Fact]
    public void Whatever_comes_after_a_reply_does_not_change_it() =>
        Gen
            .Byte.Array[0, 40]
            .Sample(ahead =>
            {
                var complete = Assert.IsType<SmtpReplyRead.Complete>(
                    SmtpReplyRead.Read([.. Encoding.ASCII.GetBytes(Ehlo), .. ahead])
                );
                Assert.Equal((Ehlo.Length, 4), (complete.Consumed, complete.Reply.Lines.Length));
            });

    [Fact]
    public void A_line_may_be_as_long_as_the_bound()
    {
        var longest = "220 " + new string('x', SmtpReply.MaxLineLength - 6) + "\r\n";
        Assert.Equal(SmtpReply.MaxLineLength, longest.Length);
        Assert.IsType<SmtpReplyRead.Complete>(Read(longest));
        AssertInvalid("smtp.reply.line-length", longest[..^2] + "x\r\n");
        AssertInvalid("smtp.reply.line-length", "220 " + new string('x', 100_000));
    }

    [Fact]
    public void A_reply_may_have_as_many_lines_as_the_bound()
    {
        var most = string.Concat(Enumerable.Repeat("250-x\r\n", SmtpReply.MaxLines - 1));
        Assert.IsType<SmtpReplyRead.Complete>(Read(most + "250 x\r\n"));
        AssertInvalid("smtp.reply.lines", most + "250-x\r\n250 x\r\n");
    }

    [Fact]
    public void A_reply_may_be_as_long_as_the_bound()
    {
        var line = "250-" + new string('x', 4000) + "\r\n";
        AssertInvalid("smtp.reply.length", string.Concat(Enumerable.Repeat(line, 20)));
    }

    [Fact]
    public void Any_bytes_are_read_within_their_bounds() =>
        Gen.Byte[(byte)'\n', (byte)'6']
            .Array[0, 40]
            .Sample(bytes =>
            {
                var read = SmtpReplyRead.Read(bytes);
                Assert.True(read is not SmtpReplyRead.Invalid invalid || invalid.Error.Offset <= bytes.Length);
                Assert.True(read is not SmtpReplyRead.Complete complete || complete.Consumed <= bytes.Length);
            });

    [Theory]
    [InlineData("4.7.1 greylisted", "4.7.1")]
    [InlineData("2.0.0", "2.0.0")]
    [InlineData("5.1.10 null MX", "5.1.10")]
    [InlineData("5.123.456 x", "5.123.456")]
    [InlineData("3.0.0 no such class", null)]
    [InlineData("5.7.30.1 x", null)]
    [InlineData("5.7 x", null)]
    [InlineData("5..1 x", null)]
    [InlineData("5.7. x", null)]
    [InlineData("5.7.1234 x", null)]
    [InlineData("5.7.1, x", null)]
    [InlineData("5a7.1 x", null)]
    [InlineData("mx.example.com", null)]
    [InlineData("192.0.2.1 x", null)]
    [InlineData("", null)]
    public void The_enhanced_code_is_the_first_word(string line, string? code) =>
        Assert.Equal(code, new SmtpReply(550, [line, "4.4.4 later"]).EnhancedCode);

    private static SmtpReplyRead Read(string text) => SmtpReplyRead.Read(Encoding.Latin1.GetBytes(text));

    private static void AssertInvalid(string code, string text) =>
        Assert.Equal(code, Assert.IsType<SmtpReplyRead.Invalid>(Read(text)).Error.Code);
}
