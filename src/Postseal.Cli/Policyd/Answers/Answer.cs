using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Protocol.Socketmap;
using Postseal.Resolver.Decisions;
using Postseal.Resolver.Sts;

namespace Postseal.Cli.Policyd.Answers;

/// <summary>One destination's answer, rendered once for each dialect and sent as often as it is asked for. There are many: it holds what is sent and
/// nothing that only led there.</summary>
internal sealed class Answer
{
    private static readonly byte[] NotFound = new SocketmapReply.NotFound().ToNetstring(Dialect.Plain);
    private static readonly byte[] Dane = new SocketmapReply.Dane().ToNetstring(Dialect.Plain);
    private static readonly byte[] DaneOnly = new SocketmapReply.DaneOnly().ToNetstring(Dialect.Plain);

    private const int Overhead = 200; // the object, the arrays' headers, the entry of the table

    private readonly LastUse? _use;
    private readonly int _version;
    private readonly long _validUntil;
    private readonly byte[] _plain;
    private readonly byte[] _sendmail;
    private readonly Unrendered? _report;
    private readonly byte[]? _tlsRpt;

    public Answer(DestinationPolicy policy, DateTimeOffset validUntil, StsState? state, AnswerCount count)
    {
        Count = count;
        IsOfPolicy = state?.Cached is not null;
        (_use, _version, _validUntil) = (state?.Use, state?.Use.Version ?? 0, validUntil.UtcTicks);
        _plain = Render(policy.Reply, Dialect.Plain);
        _sendmail = ReferenceEquals(policy.WithoutDane, policy.Reply) ? _plain : Render(policy.WithoutDane, Dialect.Sendmail);
        if (policy.Reply is SocketmapReply.Secure { Text.IsEmpty: false } secure)
            _report = new(secure.PolicyDomain, secure.Text);
        else if (policy.Reply is SocketmapReply.Secure { } withoutText)
            _tlsRpt = Render(withoutText with { Hosts = null }, Dialect.TlsRpt);
    }

    private Answer(Answer answer, Unrendered report)
    {
        (Count, IsOfPolicy) = (answer.Count, answer.IsOfPolicy);
        (_use, _version, _validUntil) = (answer._use, answer._version, answer._validUntil);
        (_plain, _sendmail) = (answer._plain, answer._sendmail);
        _tlsRpt = StsPolicy.TryParse(report.Text.Span, out var policy, out _)
            ? Render(new SocketmapReply.Secure(report.Domain, policy, report.Text, Hosts: null), Dialect.TlsRpt)
            : _plain;
    }

    // Reports name the patterns, not the hosts that they are narrowed to.
    private sealed record Unrendered(DomainName Domain, ReadOnlyMemory<byte> Text);

    /// <summary>Bytes of memory, about. Always the same of one answer.</summary>
    public int Weight =>
        Overhead
        + _plain.Length
        + (ReferenceEquals(_sendmail, _plain) ? 0 : _sendmail.Length)
        + (_tlsRpt?.Length ?? 0)
        + (_report?.Text.Length ?? 0);

    /// <summary>Until then it is sent without asking anybody.</summary>
    public DateTimeOffset ValidUntil => new(_validUntil, TimeSpan.Zero);

    /// <summary>Counts what is sent.</summary>
    public AnswerCount Count { get; }

    /// <summary>The domain has a policy, in force or not: such answers are as many as policies, others may be invented.</summary>
    public bool IsOfPolicy { get; }

    /// <summary>True while the reply with attributes for reports is not rendered: it is long, and few servers ask for it. <see cref="Rendered"/> gives one that has it.</summary>
    public bool Lacks(Dialect dialect) => dialect == Dialect.TlsRpt && _report is not null;

    /// <summary>The same answer with every reply ready.</summary>
    public Answer Rendered() => _report is null ? this : new(this, _report);

    /// <summary>The whole reply, framed; of an answer that does not lack it.</summary>
    public byte[] Bytes(Dialect dialect) =>
        dialect switch
        {
            Dialect.TlsRpt when _tlsRpt is not null => _tlsRpt,
            Dialect.Sendmail => _sendmail,
            _ => _plain,
        };

    /// <summary>True while nothing speaks against sending it again. Notes the use.</summary>
    public bool IsValid(DateTimeOffset now)
    {
        if (now.UtcTicks >= _validUntil)
            return false;

        if (_use is null)
            return true;

        _use.Mark(now);
        return _use.Version == _version;
    }

    // Most domains have no policy: one array for all of them.
    private static byte[] Render(SocketmapReply reply, Dialect dialect) =>
        reply switch
        {
            SocketmapReply.NotFound => NotFound,
            SocketmapReply.Dane => Dane,
            SocketmapReply.DaneOnly => DaneOnly,
            _ => reply.ToNetstring(dialect),
        };
}
