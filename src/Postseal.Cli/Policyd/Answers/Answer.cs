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

    private readonly LastUse? _use;
    private readonly int _version;
    private readonly long _validUntil;
    private readonly byte[] _plain;
    private readonly byte[] _sendmail;
    private readonly SocketmapReply.Secure? _reported;
    private byte[]? _tlsRpt;

    public Answer(DestinationPolicy policy, DateTimeOffset validUntil, StsState? state, AnswerCount count)
    {
        Count = count;
        IsOfPolicy = state?.Cached is not null;
        (_use, _version, _validUntil) = (state?.Use, state?.Use.Version ?? 0, validUntil.UtcTicks);
        _plain = Render(policy.Reply, Dialect.Plain);
        _sendmail = ReferenceEquals(policy.WithoutDane, policy.Reply) ? _plain : Render(policy.WithoutDane, Dialect.Sendmail);
        // Reports name the patterns, not the hosts that they are narrowed to.
        _reported = policy.Reply is SocketmapReply.Secure secure ? secure with { Hosts = null } : null;
    }

    /// <summary>Until then it is sent without asking anybody.</summary>
    public DateTimeOffset ValidUntil => new(_validUntil, TimeSpan.Zero);

    /// <summary>Counts what is sent.</summary>
    public AnswerCount Count { get; }

    /// <summary>The domain has a policy, in force or not: such answers are as many as policies, others may be invented.</summary>
    public bool IsOfPolicy { get; }

    /// <summary>The whole reply, framed. The one with attributes for reports is long and few servers ask for it: it is rendered when the first one does.</summary>
    public byte[] Bytes(Dialect dialect) =>
        dialect switch
        {
            Dialect.TlsRpt when _reported is not null => _tlsRpt ??= Render(_reported, Dialect.TlsRpt),
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
