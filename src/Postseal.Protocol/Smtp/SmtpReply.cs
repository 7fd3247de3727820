using System.Collections.Immutable;

namespace Postseal.Protocol.Smtp;

/// <summary>One SMTP reply (RFC 5321 §4.2).</summary>
/// <param name="Code">Three digits, 200 to 559.</param>
/// <param name="Lines">The text of each line after code and separator, Latin-1, hostile: escape before printing.</param>
public sealed record SmtpReply(int Code, ImmutableArray<string> Lines)
{
    /// <summary>Octets of one reply line, CRLF included. RFC 5321 §4.5.3.1.5 says 512; real servers send more.</summary>
    public const int MaxLineLength = 4096;

    /// <summary>Lines of one reply: more is an attack.</summary>
    public const int MaxLines = 128;

    /// <summary>The enhanced status code of the first line (RFC 3463), for example <c>4.7.1</c>; null without one.</summary>
    public string? EnhancedCode => throw new NotSupportedException();

    /// <summary>All lines in one, separated by a blank.</summary>
    public string Text => string.Join(' ', Lines);
}

/// <summary>Incremental reading of one reply from received bytes.</summary>
public abstract record SmtpReplyRead
{
    private SmtpReplyRead() { }

    /// <summary>A whole reply; <paramref name="Consumed"/> bytes were used, what follows was sent ahead.</summary>
    public sealed record Complete(SmtpReply Reply, int Consumed) : SmtpReplyRead;

    /// <summary>The bytes are a proper beginning: read more.</summary>
    public sealed record NeedMore : SmtpReplyRead;

    /// <summary>This is not an SMTP reply, or too long.</summary>
    public sealed record Invalid(ParseError Error) : SmtpReplyRead;

    /// <summary>Reads from the start of the buffer. Line ends are CRLF; a lone LF is tolerated.</summary>
    public static SmtpReplyRead Read(ReadOnlySpan<byte> buffer) => throw new NotSupportedException();
}
