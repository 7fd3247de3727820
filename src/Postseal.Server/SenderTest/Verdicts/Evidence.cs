using System.Collections.Immutable;
using Postseal.Lab.Watching;
using Postseal.Server.SenderTest.Cases;

namespace Postseal.Server.SenderTest.Verdicts;

/// <summary>What has been seen of one sender at one case's domain: a value that does not depend on the order in which it became known.</summary>
public sealed class Evidence
{
    /// <summary>A session may go on for a moment with what was known and what was there when it began.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    /// <summary>The stage of what was seen before any message was sent.</summary>
    public const int BeforeAll = -1;

    private Evidence(SenderCase @case, ImmutableArray<Probe> probes, IEnumerable<Observation> observations, string? untaken)
    {
        (Case, Probes, Untaken) = (@case, probes, untaken);
        Observation[] ours = [.. observations.Where(IsOurs)];
        (Probe Probe, DateTimeOffset Since)[] begun = [.. probes.Select(p => (p, Since(p, probes, ours)))];
        Facts =
        [
            .. ours.GroupBy(o => (Stage: StageOf(o, begun), What: o with { At = default }))
                .Select(g => new Fact(g.Key.Stage, g.Key.What, g.Min(o => o.At), g.Max(o => o.At), g.Count())),
        ];
    }

    /// <summary>The case.</summary>
    public SenderCase Case { get; }

    /// <summary>The messages that were sent.</summary>
    public ImmutableArray<Probe> Probes { get; }

    /// <summary>What the sender answered when it would not take one of the messages from us; null when it took all.</summary>
    public string? Untaken { get; }

    /// <summary>All that was seen, the same things counted; in no order.</summary>
    public ImmutableArray<Fact> Facts { get; private init; }

    /// <summary>What was seen and may be someone else's: it is shown, and nothing follows from it.</summary>
    public ImmutableArray<Fact> Doubtful { get; private init; } = [];

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
    ) => new(@case, [.. probes], observations, untaken);

    /// <summary>With what may be someone else's beside it.</summary>
    public Evidence Beside(ImmutableArray<Fact> doubtful) =>
        new(Case, Probes, [], Untaken) { Facts = Facts, Doubtful = doubtful };

    /// <summary>What was seen of one kind.</summary>
    public IEnumerable<(Fact Fact, T What)> Seen<T>()
        where T : Observation => Facts.Where(f => f.What is T).Select(f => (f, (T)f.What));

    /// <summary>Deliveries of the message that counts.</summary>
    public IEnumerable<(Fact Fact, Observation.Delivered What)> Deliveries =>
        Seen<Observation.Delivered>().Where(d => d.Fact.Stage == LastStage && d.What.Recipient != ReportAddress);

    /// <summary>Deliveries of the messages before it.</summary>
    public IEnumerable<(Fact Fact, Observation.Delivered What)> Earlier =>
        Seen<Observation.Delivered>().Where(d => d.Fact.Stage < LastStage && d.What.Recipient != ReportAddress);

    /// <summary>Those of them to the domain as it is now.</summary>
    public IEnumerable<(Fact Fact, Observation.Delivered What)> EarlierLikeLast =>
        Earlier.Where(d => d.Fact.Stage >= FirstLikeLast || d.Fact.Last > LikeLastSince + Grace);

    /// <summary>The sender has tried to deliver while the domain was as it is now: the message that counts, if those before it have arrived.</summary>
    public bool ShowsTries
    {
        get
        {
            var first = EarlierLikeLast.Any() ? LastStage : FirstLikeLast;
            var seesQuestions = Facts.Any(f => f.What is Observation.Asked);
            return Facts.Any(f => f.Stage >= first && ShowsTry(f.What, seesQuestions));
        }
    }

    /// <summary>A session with a mail server has begun and ended since the message that counts was sent.</summary>
    public bool HasLeft =>
        Seen<Observation.Connected>()
            .Where(c => c.Fact.Stage == LastStage)
            .Any(c =>
                Seen<Observation.Left>()
                    .Any(l => l.What.Host == c.What.Host && Equals(l.What.Client, c.What.Client) && l.Fact.Last >= c.Fact.First)
            );

    /// <summary>The message that counts came over TLS, and whoever brought it has named no host by SNI (RFC 8461 §7.1).</summary>
    public bool LacksSni
    {
        get
        {
            var clients = Deliveries.Where(d => d.What.OverTls).Select(d => d.What.Client).ToHashSet();
            var names = Seen<Observation.Secured>()
                .Where(s => s.Fact.Stage == LastStage && clients.Contains(s.What.Client))
                .Select(s => s.What.Sni)
                .ToList();
            return names.Count > 0 && names.TrueForAll(n => n is null);
        }
    }

    /// <summary>The sender wants to deliver. That it fetches the policy does not show this, as good ones do so again from time to time (RFC 8461 §3.3); where no
    /// questions are seen at all there is no better sign.</summary>
    /// <param name="seen">One observation.</param>
    /// <param name="seesQuestions">Whether questions in DNS about the domain are seen here.</param>
    public static bool ShowsTry(Observation seen, bool seesQuestions) =>
        seen is Observation.Connected or Observation.Addressed or Observation.Delivered
        || seen is Observation.Asked { Type: "MX" or "A" or "AAAA" } asked
            && !asked.Name.StartsWith("mta-sts.", StringComparison.Ordinal)
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
        Case.Holds(observation.Place) && (observation.NamedRecipient is not { } to || IsKnown(to));

    private bool IsKnown(string recipient) => recipient == ReportAddress || Probes.Any(p => p.Recipient == recipient);

    private DateTimeOffset? LikeLastSince => Probes.Where(p => p.Stage >= FirstLikeLast).Min(p => (DateTimeOffset?)p.SentAt);

    // What names no message may be about one that was sent before, if that one arrives later.
    private static DateTimeOffset Since(Probe probe, ImmutableArray<Probe> probes, Observation[] seen)
    {
        if (seen.Any(o => o.NamedRecipient == probe.Recipient))
            return probe.SentAt;

        var earlier = probes.Where(p => p.Stage < probe.Stage).Select(p => p.Recipient).ToHashSet();
        return seen.OfType<Observation.Delivered>()
            .Where(d => earlier.Contains(d.Recipient))
            .Select(d => d.At)
            .Append(probe.SentAt)
            .Max();
    }

    // A message belongs to the stage in which it was sent, however late it comes; all else to the stage of its time.
    private static int StageOf(Observation observation, (Probe Probe, DateTimeOffset Since)[] begun)
    {
        var own = observation.NamedRecipient is { } to ? begun.Where(b => b.Probe.Recipient == to).ToArray() : [];
        return own.Length > 0
            ? Latest(own.Where(b => b.Probe.SentAt <= observation.At))
            : Latest(begun.Where(b => b.Since <= observation.At));
    }

    private static int Latest(IEnumerable<(Probe Probe, DateTimeOffset Since)> begun) =>
        begun.Select(b => b.Probe.Stage).Append(BeforeAll).Max();
}

/// <summary>One thing that was seen, once or more often.</summary>
/// <param name="Stage">In which stage of the case; <see cref="Evidence.BeforeAll"/> before the first.</param>
/// <param name="What">The observation without its time.</param>
/// <param name="First">When first.</param>
/// <param name="Last">When last.</param>
/// <param name="Count">How often.</param>
public sealed record Fact(int Stage, Observation What, DateTimeOffset First, DateTimeOffset Last, int Count);
