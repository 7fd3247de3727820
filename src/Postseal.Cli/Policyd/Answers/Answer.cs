using Postseal.Protocol.Socketmap;
using Postseal.Resolver.Decisions;
using Postseal.Resolver.Sts;

namespace Postseal.Cli.Policyd.Answers;

/// <summary>One destination's answer, rendered once for each dialect and sent as often as it is asked for.</summary>
internal sealed class Answer(DestinationPolicy policy, DateTimeOffset validUntil, StsState? state, AnswerCount count)
{
    private static readonly byte[] NotFound = new SocketmapReply.NotFound().ToNetstring(Dialect.Plain);
    private readonly LastUse? _use = state?.Use;
    private readonly int _version = state?.Use.Version ?? 0;
    private readonly long _validUntil = validUntil.UtcTicks;

    /// <summary>What is answered and why.</summary>
    public DestinationPolicy Policy => policy;

    /// <summary>Until then it is sent without asking anybody.</summary>
    public DateTimeOffset ValidUntil => validUntil;

    /// <summary>Counts what is sent.</summary>
    public AnswerCount Count => count;

    private byte[] Plain { get; } = Render(policy.Reply, Dialect.Plain);

    private byte[] TlsRpt { get; } = policy.Reply is SocketmapReply.Secure ? Render(policy.Reply, Dialect.TlsRpt) : [];

    /// <summary>The whole reply, framed.</summary>
    public byte[] Bytes(Dialect dialect) => dialect == Dialect.TlsRpt && TlsRpt.Length > 0 ? TlsRpt : Plain;

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
        reply is SocketmapReply.NotFound ? NotFound : reply.ToNetstring(dialect);
}
