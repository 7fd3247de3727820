using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Cases;

namespace Postseal.Server.SenderTest.Running;

/// <summary>How far a case has come: the state its domain is in, and whether the sender has dealt with the message sent in it.</summary>
internal sealed class CaseRun(SenderCase played, IReadOnlyList<string> recipients)
{
    /// <summary>A sender that has done nothing about a domain for so long has made up its mind for now; a look-up and a handshake in the lab take milliseconds, a postponed second MX a second or two.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(4);

    private DateTimeOffset? _submitted;
    private DateTimeOffset? _touched;
    private DateTimeOffset? _over;

    /// <summary>The case.</summary>
    public SenderCase Case => played;

    /// <summary>The state its domain is in.</summary>
    public int Stage { get; private set; }

    /// <summary>To whom the message of this stage goes.</summary>
    public string Recipient => recipients[Stage];

    /// <summary>Recipients of all stages.</summary>
    public IReadOnlyList<string> Recipients => recipients;

    /// <summary>What the server under test said when it would not take a message; null when it took all.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Whether the message of this stage is still to be handed over.</summary>
    public bool IsToSubmit(DateTimeOffset now) =>
        _submitted is null && Refusal is null && (_over is not { } over || now >= over + played.Stages[Stage].After);

    /// <summary>The message of this stage was handed over.</summary>
    /// <param name="refusal">What the server said against it, or null.</param>
    public void Submitted(DateTimeOffset now, string? refusal) => (_submitted, _touched, Refusal) = (now, null, refusal);

    /// <summary>Takes note of something that may be about this case.</summary>
    public void See(Observation seen)
    {
        if (seen.At < _submitted || !Concerns(seen))
            return;

        _touched = seen.At;
        if (seen is Observation.Delivered { Recipient: var recipient } && recipient == Recipient)
            _over ??= seen.At;
    }

    /// <summary>Enters the next state, if there is one and the sender has dealt with this one or has had <paramref name="limit"/> for it.</summary>
    public bool Advance(DateTimeOffset now, TimeSpan limit)
    {
        if (Stage == played.Stages.Count - 1 || !IsOver(now, limit))
            return false;

        (Stage, _submitted, _touched, _over) = (Stage + 1, null, null, now);
        return true;
    }

    /// <summary>Whether nothing more is to come of it.</summary>
    public bool IsDone(DateTimeOffset now, TimeSpan limit) =>
        Refusal is not null || Stage == played.Stages.Count - 1 && IsOver(now, limit);

    private bool IsOver(DateTimeOffset now, TimeSpan limit) =>
        _submitted is { } submitted
        && (_over is not null || now >= submitted + limit || _touched is { } touched && now >= touched + Quiet);

    private bool Concerns(Observation seen) =>
        seen switch
        {
            Observation.Asked o => IsOurs(o.Name),
            Observation.Fetched o => IsOurs(o.Host),
            Observation.HandshakeFailed o => IsOurs(o.Host),
            Observation.Connected o => IsOurs(o.Host),
            Observation.Greeted o => IsOurs(o.Host),
            Observation.Secured o => IsOurs(o.Host),
            Observation.Addressed o => IsOurs(o.Host),
            Observation.Delivered o => IsOurs(o.Host),
            Observation.Left o => IsOurs(o.Host),
            _ => false,
        };

    private bool IsOurs(string name) => name == played.Domain || name.EndsWith($".{played.Domain}", StringComparison.Ordinal);
}
