using System.Text;
using Postseal.Protocol.MtaSts;

namespace Postseal.Protocol.Socketmap;

/// <summary>What a TLS policy server answers for one destination, before it is put into bytes (<see cref="ToNetstring"/>). Nothing of a policy reaches Postfix
/// but names that passed the grammar of RFC 8461 §3.2 and, in reports, lines that cannot end an attribute.</summary>
public abstract record SocketmapReply
{
    /// <summary>Bytes that Postfix reads of one reply (DICT_SOCKMAP_MAX_REPLY).</summary>
    public const int MaxBytes = 100_000;

    private SocketmapReply() { }

    /// <summary>No policy: the site's own default applies.</summary>
    public sealed record NotFound : SocketmapReply;

    /// <summary>Every MX host must be authenticated by TLSA records (RFC 7672 §2.2).</summary>
    public sealed record DaneOnly : SocketmapReply;

    /// <summary>Hosts with TLSA records must be authenticated by them, others may be used as ever.</summary>
    public sealed record Dane : SocketmapReply;

    /// <summary>The mail server is to try again later.</summary>
    /// <param name="Reason">For its log; printable.</param>
    public sealed record Temporary(string Reason) : SocketmapReply;

    /// <summary>The question itself is wrong. Postfix defers here too.</summary>
    /// <param name="Reason">For its log; printable.</param>
    public sealed record Permanent(string Reason) : SocketmapReply;

    /// <summary>An MTA-STS policy in mode <c>enforce</c>.</summary>
    /// <param name="PolicyDomain">Whose policy.</param>
    /// <param name="Policy">The policy.</param>
    /// <param name="Text">The text as served, whose lines TLS reports name (RFC 8460 §4.5); empty: none are named.</param>
    /// <param name="Hosts">The MX hosts that DNS names now; null when that is not known. Where Postfix compares certificates only (before 3.10.5), a
    /// wildcard is narrowed to those of them that it covers.</param>
    public sealed record Secure(
        DomainName PolicyDomain,
        StsPolicy Policy,
        ReadOnlyMemory<byte> Text,
        IReadOnlyList<DomainName>? Hosts
    ) : SocketmapReply;

    /// <summary>The whole reply as sent, framed as a netstring: <c>9:NOTFOUND ,</c>.</summary>
    public byte[] ToNetstring(Dialect dialect)
    {
        var text = this switch
        {
            NotFound => "NOTFOUND ",
            DaneOnly => "OK dane-only",
            Dane => "OK dane",
            Temporary temporary => $"TEMP {temporary.Reason}",
            Permanent permanent => $"PERM {permanent.Reason}",
            Secure secure => SecureReply.Render(secure, dialect),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return Netstring.Frame(Encoding.UTF8.GetBytes(text));
    }
}
