using System.Collections.Immutable;

namespace Postseal.Protocol.Smtp;

/// <summary>What a server says of itself in its EHLO reply (RFC 5321 §4.1.1.1).</summary>
/// <param name="Greeting">The name the server gives, one line, printable, at most 255 characters.</param>
/// <param name="Keywords">Keywords in upper case with their parameters.</param>
public sealed record EhloReply(string Greeting, ImmutableArray<RecordField> Keywords)
{
    /// <summary>True when the keyword is offered, whatever its case.</summary>
    public bool Offers(string keyword) => Keywords.Any(k => k.Name.Equals(keyword, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads a 250 reply.</summary>
    public static EhloReply From(SmtpReply reply) => throw new NotSupportedException();
}
