using System.Collections.Immutable;

namespace Postseal.Protocol.Smtp;

/// <summary>What a server says of itself in its EHLO reply (RFC 5321 §4.1.1.1).</summary>
/// <param name="Greeting">The name the server gives, one line, printable, at most 255 characters.</param>
/// <param name="Keywords">Keywords in upper case with their parameters, printable.</param>
public sealed record EhloReply(string Greeting, ImmutableArray<RecordField> Keywords)
{
    /// <summary>Characters of a greeting or a keyword line that are kept: RFC 5321 §4.5.3.1.2 gives 255 to a domain.</summary>
    public const int MaxText = 255;

    /// <summary>True when the keyword is offered, whatever its case.</summary>
    public bool Offers(string keyword) => Keywords.Any(k => k.Name.Equals(keyword, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads a 250 reply.</summary>
    public static EhloReply From(SmtpReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        var keywords = reply.Lines.Skip(1).Select(Keyword).Where(k => k.Name.Length > 0);
        return new EhloReply(Words(reply.Lines[0]).First, [.. keywords]);
    }

    /// <inheritdoc/>
    public bool Equals(EhloReply? other) =>
        other is not null && Greeting == other.Greeting && Keywords.AsSpan().SequenceEqual(other.Keywords.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Greeting, Keywords.Length);

    private static RecordField Keyword(string line)
    {
        var (name, parameters) = Words(line);
        return new RecordField(name.ToUpperInvariant(), parameters);
    }

    private static (string First, string Others) Words(string line)
    {
        var text = line.Trim(' ', '\t');
        var end = text.IndexOfAny([' ', '\t']) is var blank and >= 0 ? blank : text.Length;
        return (PrintableText.Of(text[..end], MaxText), PrintableText.Of(text[end..].TrimStart(' ', '\t'), MaxText));
    }
}
