using System.Text;
using Postseal.Checks.Json;

namespace Postseal.Server.History;

/// <summary>A row of the findings: what stands in the table under one key.</summary>
/// <param name="Told">False for level unknown: that the check could not tell is a finding of its own, beside what was told before.</param>
internal sealed record SpanRow(
    string Id,
    string Subject,
    bool Told,
    string Level,
    string Summary,
    DateTimeOffset FirstSeen,
    DateTimeOffset LastSeen,
    DateTimeOffset? GoneAt
);

/// <summary>What one more check makes of the findings that stand open; pure.</summary>
internal static class FindingSpans
{
    // A check of twenty hosts with a fault at every address shows fewer; a zone made to fill our disk does not get further.
    private const int MaxShown = 200;

    // Host names end at 253 octets; " [address]" comes after that.
    private const int MaxSubject = 300;

    // Sentences of ours with at most three quoted values of 100 characters each.
    private const int MaxSummary = 600;

    private static readonly string[] Mildest = ["info", "unknown", "warn", "off", "breaks"];

    /// <summary>The rows to write.</summary>
    /// <param name="open">What stands open.</param>
    /// <param name="shown">What the check shows; level ok is nothing to remember.</param>
    /// <param name="at">When it was.</param>
    /// <param name="cost">Bytes that a row takes; the heaviest findings are kept as far as <see cref="HistoryLimits.ShownBytes"/> go.</param>
    /// <param name="saw">Whether the check would have shown a finding (id, subject) if it were still so.</param>
    public static IReadOnlyList<SpanRow> Merge(
        IReadOnlyList<SpanRow> open,
        IReadOnlyList<FindingPart> shown,
        DateTimeOffset at,
        Func<SpanRow, int> cost,
        Func<string, string, bool> saw
    )
    {
        var before = open.ToDictionary(Key);
        var room = HistoryLimits.ShownBytes;
        var now = shown
            .Where(f => Mildest.Contains(f.Level))
            .Select(f => Row(f, at))
            .OrderByDescending(Weight)
            .DistinctBy(Key)
            .Take(MaxShown)
            .TakeWhile(r => (room -= cost(r)) >= 0)
            .ToList();
        var stay = now.Select(r => before.TryGetValue(Key(r), out var old) ? r with { FirstSeen = old.FirstSeen } : r).ToList();
        var keys = now.Select(Key).ToHashSet();
        // That something could not be told is true of one check only, so the next one always ends it.
        var gone = open.Where(r => !keys.Contains(Key(r)) && (!r.Told || saw(r.Id, r.Subject)))
            .Select(r => r with { GoneAt = at });
        return [.. stay, .. gone];
    }

    /// <summary>A text as both databases can keep it: no U+0000, no half of a surrogate pair, and not endless.</summary>
    internal static string Storable(string text, int most)
    {
        var kept = new StringBuilder(Math.Min(text.Length, most));
        foreach (var rune in text.EnumerateRunes()) // a lone surrogate comes as U+FFFD
        {
            if (kept.Length + rune.Utf16SequenceLength > most)
                break;

            kept.Append(rune.Value == 0 ? "\uFFFD" : rune.ToString());
        }

        return kept.ToString();
    }

    private static SpanRow Row(FindingPart f, DateTimeOffset at) =>
        new(f.Id, Storable(f.Subject, MaxSubject), f.Level != "unknown", f.Level, Storable(f.Summary, MaxSummary), at, at, null);

    private static (string, string, bool) Key(SpanRow row) => (row.Id, row.Subject, row.Told);

    private static int Weight(SpanRow row) => Array.IndexOf(Mildest, row.Level);
}
