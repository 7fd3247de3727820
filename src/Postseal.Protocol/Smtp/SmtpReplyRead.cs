using System.Collections.Immutable;
using System.Text;

namespace Postseal.Protocol.Smtp;

/// <summary>Incremental reading of one reply from received bytes.</summary>
public abstract record SmtpReplyRead
{
    private const int CodeLength = 3;

    private SmtpReplyRead() { }

    /// <summary>A whole reply; <paramref name="Consumed"/> bytes were used, what follows was sent ahead.</summary>
    public sealed record Complete(SmtpReply Reply, int Consumed) : SmtpReplyRead;

    /// <summary>The bytes are a proper beginning: read more.</summary>
    public sealed record NeedMore : SmtpReplyRead;

    /// <summary>This is not an SMTP reply, or too long. Codes: <c>smtp.reply.code</c>, <c>smtp.reply.code-differs</c>, <c>smtp.reply.separator</c>,
    /// <c>smtp.reply.line-length</c>, <c>smtp.reply.lines</c>, <c>smtp.reply.length</c>.</summary>
    public sealed record Invalid(ParseError Error) : SmtpReplyRead;

    /// <summary>Reads from the start of the buffer. Line ends are CRLF; a lone LF is tolerated.</summary>
    public static SmtpReplyRead Read(ReadOnlySpan<byte> buffer)
    {
        var start = 0;
        for (var count = 1; count <= SmtpReply.MaxLines; count++)
        {
            var line = buffer[start..];
            var end = line.IndexOf((byte)'\n');
            var isWhole = end >= 0;
            if (isWhole)
                line = line[..(end + 1)];

            if (Fault(line, buffer) is var (code, offset))
                return new Invalid(new ParseError(code, start + offset));

            if (line.Length > SmtpReply.MaxLineLength)
                return new Invalid(new ParseError("smtp.reply.line-length", start + SmtpReply.MaxLineLength));

            if (start + line.Length > SmtpReply.MaxLength)
                return new Invalid(new ParseError("smtp.reply.length", SmtpReply.MaxLength));

            if (!isWhole)
                return new NeedMore();

            start += line.Length;
            if (line[CodeLength] != '-')
                return new Complete(ReplyOf(buffer[..start]), start);
        }

        return new Invalid(new ParseError("smtp.reply.lines", start));
    }

    /// <summary>What is wrong with the beginning of a line, which may not have come whole yet (RFC 5321 §4.2: Reply-line).</summary>
    private static (string Code, int Offset)? Fault(ReadOnlySpan<byte> line, ReadOnlySpan<byte> buffer)
    {
        for (var i = 0; i < Math.Min(line.Length, CodeLength); i++)
        {
            if (line[i] < '0' || line[i] > Highest(i) || (i == 0 && line[i] < '2'))
                return ("smtp.reply.code", i);

            if (line[i] != buffer[i])
                return ("smtp.reply.code-differs", i);
        }

        var isSeparated =
            line.Length <= CodeLength
            || line[CodeLength] is (byte)' ' or (byte)'-'
            || "\r\n"u8.StartsWith(line[CodeLength..])
            || line[CodeLength] == '\n';
        return isSeparated ? null : ("smtp.reply.separator", CodeLength);
    }

    // Reply-code = %x32-35 %x30-35 %x30-39
    private static char Highest(int position) => position < 2 ? '5' : '9';

    private static SmtpReply ReplyOf(ReadOnlySpan<byte> whole)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        foreach (var range in whole[..^1].Split((byte)'\n'))
        {
            var line = whole[range];
            if (line.EndsWith("\r"u8))
                line = line[..^1];

            lines.Add(Encoding.Latin1.GetString(line[Math.Min(CodeLength + 1, line.Length)..]));
        }

        return new SmtpReply((whole[0] - '0') * 100 + (whole[1] - '0') * 10 + (whole[2] - '0'), lines.ToImmutable());
    }
}
