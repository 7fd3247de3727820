using System.Security.Cryptography;
using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Checks.History;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.PolicyHost;

namespace Postseal.Checks.Rules;

/// <summary>What only a memory of earlier checks can tell.</summary>
public static class PublicationHistory
{
    /// <summary>How long a change of the id alone is worth a word: long enough that whoever made it is likely to look again.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromDays(7);

    /// <summary>The text has changed and the id has not: senders fetch a policy again when the id changes (RFC 8461 §3.3), so those
    /// that hold the earlier text keep it until it runs out. That day ends this finding, or a new id.</summary>
    /// <param name="facts">What was seen now.</param>
    /// <param name="earlier">What was published before, latest first.</param>
    public static IEnumerable<Finding> Drift(DomainFacts facts, IReadOnlyList<Publication> earlier)
    {
        if (Publication.Of(facts) is not { } now)
            yield break;

        var served = ServedNow(facts);
        var held = earlier
            .Where(p => p.RecordId == now.RecordId && !served.Contains(p.PolicySha256) && p.LastSeen <= facts.CheckedAt)
            .MaxBy(RunsOut);
        if (held is null || RunsOut(held) <= facts.CheckedAt)
            yield break;

        var since = Run(now, earlier)?.FirstSeen ?? now.FirstSeen;
        yield return Finding.Of(
            "pol-id-drift",
            Level.Warn,
            facts.Domain.Value,
            $"The policy has another text since {Wording.Day(since)}, but the record's id is still {now.RecordId}. "
                + $"Senders that hold the earlier text ({Modes(held, now)}) need not notice until it runs out, by {Wording.Day(RunsOut(held))}.",
            $"The id has to change with every change of the policy. {PublishLines.PublishRecord(facts)}",
            ("earlierLastSeen", Wording.Time(held.LastSeen)),
            ("earlierMode", held.Mode.ToWire()),
            ("earlierRunsOut", Wording.Time(RunsOut(held))),
            ("earlierSha256", held.PolicySha256),
            ("id", now.RecordId),
            ("sha256", now.PolicySha256),
            ("since", Wording.Time(since))
        );
    }

    /// <summary>The id has changed and the text has not: senders fetch again for nothing.</summary>
    /// <param name="facts">What was seen now.</param>
    /// <param name="earlier">What was published before, latest first.</param>
    public static IEnumerable<Finding> Refetch(DomainFacts facts, IReadOnlyList<Publication> earlier)
    {
        if (Publication.Of(facts) is not { } now)
            yield break;

        var run = Run(now, earlier);
        var since = run?.FirstSeen ?? now.FirstSeen;
        if (
            earlier.ElementAtOrDefault(run is null ? 0 : 1) is not { } before
            || before.PolicySha256 != now.PolicySha256
            || before.RecordId == now.RecordId
            || facts.CheckedAt - since >= Recent
        )
            yield break;

        yield return Finding.Of(
            "pol-id-changed-body-same",
            Level.Info,
            facts.Domain.Value,
            $"The record's id is another one since {Wording.Day(since)} ({before.RecordId} before), but the policy is the same, so senders fetch it again for nothing.",
            null,
            ("earlierId", before.RecordId),
            ("id", now.RecordId),
            ("since", Wording.Time(since))
        );
    }

    /// <summary>Since when every check that saw a policy saw one in testing mode; null when no earlier check did.</summary>
    internal static DateTimeOffset? TestingSince(IReadOnlyList<Publication> earlier) =>
        earlier.TakeWhile(p => p.Mode == StsMode.Testing).LastOrDefault()?.FirstSeen;

    // What is served now, when the last check saw the same.
    private static Publication? Run(Publication now, IReadOnlyList<Publication> earlier) =>
        earlier is [var last, ..] && last.RecordId == now.RecordId && last.PolicySha256 == now.PolicySha256 ? last : null;

    // A sender may have fetched it at the moment when it was seen last. No sender keeps one for longer than a year (RFC 8461 §3.2).
    private static DateTimeOffset RunsOut(Publication p) => p.LastSeen.AddSeconds(Math.Min(p.MaxAge, StsPolicy.MaxMaxAge));

    // Another text at another address of the policy host is no change in time; host-multi-ip and host-ipv6 speak of it.
    private static HashSet<string> ServedNow(DomainFacts facts) =>
        [
            .. facts
                .Sts.Fetch!.Attempts.Select(a => a.Outcome)
                .Append(facts.Sts.Fetch.Outcome)
                .OfType<FetchOutcome.Body>()
                .Select(b => Convert.ToHexStringLower(SHA256.HashData(b.Bytes.Span))),
        ];

    private static string Modes(Publication held, Publication now) =>
        held.Mode == now.Mode ? $"mode {held.Mode.ToWire()} as well" : $"mode {held.Mode.ToWire()}, now {now.Mode.ToWire()}";
}
