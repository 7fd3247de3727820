using System.Collections.Immutable;
using System.Net;

namespace Postseal.Lab.Dns;

/// <summary>One DNS record, or one fault in its place.</summary>
/// <param name="Owner">Relative to the domain it is listed in: <c>@</c> is the domain itself, a final dot makes a name absolute.</param>
public abstract record ZoneRecord(string Owner)
{
    /// <summary>Five minutes, in seconds.</summary>
    public const int UsualTtl = 300;

    /// <summary>Seconds.</summary>
    public int Ttl { get; init; } = UsualTtl;

    /// <summary>TXT.</summary>
    /// <param name="Strings">The character-strings, at most 255 bytes each.</param>
    public sealed record Txt(string Owner, ImmutableArray<ReadOnlyMemory<byte>> Strings) : ZoneRecord(Owner);

    /// <summary>TXT of one string that is another one at each query.</summary>
    /// <param name="Text">The text of the n-th answer, counted from 1.</param>
    public sealed record ChangingTxt(string Owner, Func<int, string> Text) : ZoneRecord(Owner);

    /// <summary>A or AAAA, by the family of the address.</summary>
    public sealed record Address(string Owner, IPAddress Value) : ZoneRecord(Owner);

    /// <summary>MX. The exchange is relative like an owner; <c>.</c> is the null MX (RFC 7505).</summary>
    public sealed record Mx(string Owner, int Preference, string Exchange) : ZoneRecord(Owner);

    /// <summary>CNAME. The target is relative like an owner.</summary>
    public sealed record Cname(string Owner, string Target) : ZoneRecord(Owner);

    /// <summary>PTR. The target is relative like an owner.</summary>
    public sealed record Reverse(string Owner, string Target) : ZoneRecord(Owner);

    /// <summary>TLSA with these very bytes.</summary>
    public sealed record Tlsa(string Owner, byte Usage, byte Selector, byte Matching, ImmutableArray<byte> Data)
        : ZoneRecord(Owner);

    /// <summary>TLSA for what a mail server presents: its leaf for usages 1 and 3, its issuer for 0 and 2.</summary>
    /// <param name="Server">Host name of the receiver, relative like an owner.</param>
    public sealed record TlsaOf(string Owner, byte Usage, byte Selector, byte Matching, string Server) : ZoneRecord(Owner);

    /// <summary>Every question for the owner meets this fault.</summary>
    public sealed record Fault(string Owner, DnsFault Kind) : ZoneRecord(Owner);
}

/// <summary>How the name server fails.</summary>
public enum DnsFault
{
    /// <summary>SERVFAIL.</summary>
    ServFail,

    /// <summary>SERVFAIL with the extended error "DNSSEC Bogus" (RFC 8914 §4.7).</summary>
    Bogus,

    /// <summary>REFUSED.</summary>
    Refused,

    /// <summary>No answer at all.</summary>
    Silent,
}
