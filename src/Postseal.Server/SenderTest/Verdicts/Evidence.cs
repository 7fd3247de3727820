using System.Collections.Immutable;
using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Cases;

namespace Postseal.Server.SenderTest.Verdicts;

/// <summary>What has been seen of one sender at one case's domain: a value that does not depend on the order in which it became known.</summary>
public sealed class Evidence
{
    /// <summary>The stage of what was seen before any message was sent.</summary>
    public const int BeforeAll = -1;

    private static readonly ImmutableDictionary<(int Stage, Observation What), Fact> None = ImmutableDictionary<
        (int, Observation),
        Fact
    >.Empty;

    private readonly ImmutableDictionary<(int Stage, Observation What), Fact> _facts;
    private readonly ImmutableDictionary<(int Stage, Observation What), Fact> _doubtful;

    private Evidence(
        SenderCase @case,
        ImmutableArray<Probe> probes,
        ImmutableDictionary<(int Stage, Observation What), Fact> facts,
        ImmutableDictionary<(int Stage, Observation What), Fact> doubtful,
        string? untaken
    ) => (Case, Probes, _facts, _doubtful, Untaken) = (@case, probes, facts, doubtful, untaken);

    /// <summary>The case.</summary>
    public SenderCase Case { get; }

    /// <summary>The messages that were sent.</summary>
    public ImmutableArray<Probe> Probes { get; }

    /// <summary>What the sender answered when it would not take one of the messages from us; null when it took all.</summary>
    public string? Untaken { get; }

    /// <summary>All that was seen, the same things counted; in no order.</summary>
    public IEnumerable<Fact> Facts => _facts.Values;

    /// <summary>What was seen and may be someone else's: it is shown, and nothing follows from it.</summary>
    public IEnumerable<Fact> Doubtful => _doubtful.Values;

    /// <summary>The stage that counts.</summary>
    public int LastStage => Case.Stages.Count - 1;

    /// <summary>The first of the stages in which the domain is as it is in the last one.</summary>
    public int FirstLikeLast =>
        Case.Stages.Count - Case.Stages.Reverse().TakeWhile(s => s.Domain == Case.Stages[^1].Domain).Count();

    /// <summary>The message that counts has been sent.</summary>
    public bool IsSent => Probes.Any(p => p.Stage == LastStage);

    /// <summary>Gathers what there is. What belongs to another domain, or to a recipient that is not of this test, is left out.</summary>
    public static Evidence Of(
        SenderCase @case,
        IEnumerable<Probe> probes,
        IEnumerable<Observation> observations,
        string? untaken = null
    ) =>
        observations.Aggregate(
            new Evidence(@case, [.. probes], None, None, untaken),
            (evidence, observation) => evidence.Add(observation)
        );

    /// <summary>With one observation more.</summary>
    public Evidence Add(Observation observation)
    {
        if (!IsOurs(observation))
            return this;

        var key = (StageOf(observation), observation with { At = default });
        var fact = _facts.TryGetValue(key, out var known)
            ? known.Again(observation.At)
            : new Fact(key.Item1, key.Item2, observation.At, observation.At, 1);
        return new(Case, Probes, _facts.SetItem(key, fact), _doubtful, Untaken);
    }

    /// <summary>With what may be someone else's beside it.</summary>
    public Evidence Beside(IEnumerable<Observation> doubtful) =>
        new(Case, Probes, _facts, Of(Case, Probes, doubtful)._facts, Untaken);

    /// <summary>What was seen of one kind.</summary>
    public IEnumerable<(Fact Fact, T What)> Seen<T>()
        where T : Observation => Facts.Where(f => f.What is T).Select(f => (f, (T)f.What));

    /// <summary>Deliveries of the message that counts.</summary>
    public IEnumerable<(Fact Fact, Observation.Delivered What)> Deliveries =>
        Seen<Observation.Delivered>().Where(d => d.Fact.Stage == LastStage && d.What.Recipient != ReportAddress);

    /// <summary>Deliveries of the messages before it.</summary>
    public IEnumerable<(Fact Fact, Observation.Delivered What)> Earlier =>
        Seen<Observation.Delivered>().Where(d => d.Fact.Stage < LastStage && d.What.Recipient != ReportAddress);

    /// <summary>The sender wants to deliver. That it fetches the policy does not show this, as good ones do so again from time to time (RFC 8461 §3.3); where no
    /// questions are seen at all there is no better sign.</summary>
    public bool ShowsTry(Observation seen) => ShowsTry(seen, Facts.Any(f => f.What is Observation.Asked));

    /// <summary>The same.</summary>
    /// <param name="seen">One observation.</param>
    /// <param name="seesQuestions">Whether questions in DNS about the domain are seen here.</param>
    public static bool ShowsTry(Observation seen, bool seesQuestions) =>
        seen
            is Observation.Connected
                or Observation.Addressed
                or Observation.Delivered
                or Observation.Asked { Type: "MX" or "A" or "AAAA" }
        || !seesQuestions && seen is Observation.Fetched;

    /// <summary>A message was sent before the last state of the domain, the sender has come for it, and it has not arrived: it waits to be tried again.</summary>
    public bool HoldsBack =>
        Probes.Any(p =>
            p.Stage > 0
            && p.Stage < FirstLikeLast
            && Facts.Any(f => f.Stage == p.Stage && f.What is Observation.Connected)
            && Earlier.All(d => d.Fact.Stage != p.Stage)
        );

    /// <summary>The sender asked for the policy, or for the record that tells of it, in whatever way.</summary>
    public bool HasAskedForPolicy =>
        Facts.Any(f =>
            f.What is Observation.Fetched
            || f.What is Observation.Asked { Type: "TXT" } asked && asked.Name == $"_mta-sts.{Case.Domain}"
            || f.What is Observation.HandshakeFailed failed && failed.Host == $"mta-sts.{Case.Domain}"
        );

    /// <summary>A TLS report about the domain was mailed to it.</summary>
    // Anybody may write to a public mailbox; a report says what it is about (RFC 8460 §5.3).
    public bool HasMailedReport =>
        Seen<Observation.Delivered>()
            .Any(d =>
                d.What.Recipient == ReportAddress
                && Case.Domain.Equals(d.What.ReportDomain?.TrimEnd('.'), StringComparison.OrdinalIgnoreCase)
            );

    /// <summary>A TLS report about the domain was posted to its report host.</summary>
    public bool HasPostedReport => Seen<Observation.Reported>().Any(r => Case.Domain == r.What.Domain?.TrimEnd('.'));

    private string ReportAddress => $"{CaseCatalogue.ReportMailbox}@{Case.Domain}";

    private bool IsOurs(Observation observation) =>
        Case.Holds(observation.Place)
        && observation switch
        {
            Observation.Addressed addressed => IsKnown(addressed.Recipient),
            Observation.Delivered delivered => IsKnown(delivered.Recipient),
            _ => true,
        };

    private bool IsKnown(string recipient) => recipient == ReportAddress || Probes.Any(p => p.Recipient == recipient);

    // A message belongs to the stage in which it was sent, however late it comes; all else to the stage of its time.
    private int StageOf(Observation observation) =>
        observation switch
        {
            Observation.Addressed { Recipient: var to } => StageAt(observation.At, to),
            Observation.Delivered { Recipient: var to } => StageAt(observation.At, to),
            _ => StageAt(observation.At, null),
        };

    private int StageAt(DateTimeOffset at, string? recipient)
    {
        var own = Probes.Where(p => p.Recipient == recipient).ToList();
        var begun = (own.Count == 0 ? [.. Probes] : own).Where(p => p.SentAt <= at).Select(p => p.Stage).ToList();
        return begun.Count == 0 ? BeforeAll : begun.Max();
    }
}

/// <summary>One thing that was seen, once or more often.</summary>
/// <param name="Stage">In which stage of the case; <see cref="Evidence.BeforeAll"/> before the first.</param>
/// <param name="What">The observation without its time.</param>
/// <param name="First">When first.</param>
/// <param name="Last">When last.</param>
/// <param name="Count">How often.</param>
public sealed record Fact(int Stage, Observation What, DateTimeOffset First, DateTimeOffset Last, int Count)
{
    /// <summary>The same once more.</summary>
    public Fact Again(DateTimeOffset at) =>
        this with
        {
            First = at < First ? at : First,
            Last = at > Last ? at : Last,
            Count = Count + 1,
        };
}
