using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Server.SenderTest.Running;

/// <summary>How far a case has come: the state its domain is in, and whether the sender has dealt with the message sent in it.</summary>
internal sealed class CaseRun(SenderCase played, IReadOnlyList<string> recipients)
{
    /// <summary>A sender that has done nothing about a domain for so long has made up its mind for now. In the lab a look-up takes milliseconds; a loaded machine may take seconds.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    /// <summary>In so long a wait a mail server tries a message again, whatever its schedule (RFC 5321 §4.5.4.1: after 30 minutes, later every two or three hours).</summary>
    public static readonly TimeSpan RetryTime = TimeSpan.FromHours(4);

    /// <summary>Before a message that was refused for now is offered again: a greylist, or too many at a time.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly List<Probe> _sent = [];
    private readonly List<Observation> _seen = [];
    private Evidence? _evidence;
    private bool _isSubmitted;
    private DateTimeOffset? _touched;
    private DateTimeOffset? _arrived;
    private DateTimeOffset _due = DateTimeOffset.MinValue;
    private DateTimeOffset _offered;

    /// <summary>The case.</summary>
    public SenderCase Case => played;

    /// <summary>The state its domain is in.</summary>
    public int Stage { get; private set; }

    /// <summary>To whom the message of this stage goes.</summary>
    public string Recipient => recipients[Stage];

    /// <summary>What the server under test said when it would not take a message; null when it took all.</summary>
    public string? Refusal { get; private set; }

    /// <summary>What has been seen of it.</summary>
    public Evidence Evidence => _evidence ??= Evidence.Of(played, _sent, _seen, Refusal);

    private bool IsLast => Stage == played.Stages.Count - 1;

    /// <summary>Whether the message of this stage is due.</summary>
    public bool IsToSubmit(DateTimeOffset now) => !_isSubmitted && Refusal is null && now >= _due;

    /// <summary>The message of this stage is about to be handed over.</summary>
    public void Submits(DateTimeOffset now)
    {
        (_isSubmitted, _offered) = (true, now);
        if (_sent.Count == Stage)
            _sent.Add(new(Stage, Recipient, now));
        _evidence = null;
    }

    /// <summary>The server under test would not take it. For now: it is offered again, and has its whole time from when it is taken. For good, or for as long as
    /// <paramref name="limit"/>: the case ends here.</summary>
    public void Refused(Refusal refusal, DateTimeOffset now, TimeSpan limit)
    {
        if (refusal.IsTemporary && _arrived is null && now < _sent[^1].SentAt + limit)
        {
            (_isSubmitted, _due) = (false, now + Pause);
            return;
        }
        Refusal = refusal.Answer;
        _evidence = null;
    }

    /// <summary>Takes note of something that may be about this case.</summary>
    public void See(Observation seen)
    {
        if (!played.Holds(seen.Place))
            return;

        _seen.Add(seen);
        _evidence = null;
        if (_isSubmitted && seen.At >= _sent[^1].SentAt)
            _touched = seen.At;
        if (seen is Observation.Delivered { Recipient: var recipient } && recipient == Recipient)
            _arrived ??= seen.At;
    }

    /// <summary>Enters the next state, if there is one and the sender has dealt with this one or has had <paramref name="limit"/> for it. That the message has
    /// arrived is not enough: some fetch the policy afterwards (RFC 8461 §5.1), and the next state may have none.</summary>
    public bool Advance(DateTimeOffset now, TimeSpan limit)
    {
        if (IsLast || !_isSubmitted || !IsDealtWith(now) && !IsLate(now, limit))
            return false;

        (Stage, _isSubmitted, _touched, _arrived) = (Stage + 1, false, null, null);
        _due = now + played.Stages[Stage].After;
        return true;
    }

    /// <summary>Whether nothing more is to come of it. For a message that has not arrived is waited to the last: one that should, and one that should not but
    /// does when the sender tries again.</summary>
    public bool IsDone(DateTimeOffset now, TimeSpan limit)
    {
        if (Refusal is not null)
            return true;
        return IsLast && _isSubmitted && (HasCome(limit) || IsLate(now, limit));
    }

    private bool HasCome(TimeSpan limit) =>
        played.Expected == Expectation.Report
            ? Evidence.HasMailedReport || Evidence.HasPostedReport
            : _arrived is not null && !(limit >= RetryTime && Evidence.HoldsBack);

    private bool IsDealtWith(DateTimeOffset now) => _touched is { } touched && now >= touched + Quiet;

    private bool IsLate(DateTimeOffset now, TimeSpan limit) => now >= _offered + limit;
}
