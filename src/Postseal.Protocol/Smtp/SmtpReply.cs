using System.Collections.Immutable;

namespace Postseal.Protocol.Smtp;

/// <summary>One SMTP reply (RFC 5321 §4.2).</summary>
/// <param name="Code">Three digits, 200 to 559.</param>
/// <param name="Lines">The text of each line after code and separator, Latin-1, hostile: escape before printing (<see cref="PrintableText"/>).</param>
public sealed record SmtpReply(int Code, ImmutableArray<string> Lines)
{
    /// <summary>Octets of one reply line, line end included. RFC 5321 §4.5.3.1.5 says 512; real servers send more.</summary>
    public const int MaxLineLength = 4096;

    /// <summary>Lines of one reply: more is an attack.</summary>
    public const int MaxLines = 128;

    /// <summary>Octets of one reply: keeps the cost of reading it again with every packet small. Real ones stay under 4 KiB.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>The enhanced status code of the first line (RFC 3463 §2), for example <c>4.7.1</c>; null without one.</summary>
    public string? EnhancedCode
    {
        get
        {
            var line = Lines[0];
            var word = line.AsSpan(0, line.IndexOf(' ') is var blank and >= 0 ? blank : line.Length);
            if (word.Length < 5 || word[0] is not ('2' or '4' or '5') || word[1] != '.')
                return null;

            var numbers = word[2..];
            var dot = numbers.IndexOf('.');
            return dot > 0 && IsNumber(numbers[..dot]) && IsNumber(numbers[(dot + 1)..]) ? word.ToString() : null;
        }
    }

    /// <summary>All lines in one, separated by a blank.</summary>
    public string Text => string.Join(' ', Lines);

    /// <inheritdoc/>
    public bool Equals(SmtpReply? other) =>
        other is not null && Code == other.Code && Lines.AsSpan().SequenceEqual(other.Lines.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Code, Text);

    // RFC 3463 §2: subject and detail have one to three digits each.
    private static bool IsNumber(ReadOnlySpan<char> digits) =>
        digits.Length is >= 1 and <= 3 && !digits.ContainsAnyExceptInRange('0', '9');
}
