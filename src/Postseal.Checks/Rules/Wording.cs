using System.Globalization;
using Postseal.Protocol;

namespace Postseal.Checks.Rules;

/// <summary>How values appear inside sentences: short, on one line, and harmless.</summary>
internal static class Wording
{
    // A value longer than this belongs in the evidence, not in a sentence.
    private const int MaxQuoted = 100;

    // More names than this are counted instead of listed.
    private const int MaxListed = 3;

    /// <summary>A value from DNS, a server or a certificate.</summary>
    public static string Quote(string value) => PrintableText.Of(value, MaxQuoted);

    /// <summary>The first few values and the number of the others.</summary>
    public static string Series(IReadOnlyCollection<string> values) =>
        values.Count <= MaxListed
            ? string.Join(", ", values.Select(Quote))
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{string.Join(", ", values.Take(MaxListed).Select(Quote))} and {values.Count - MaxListed} more"
            );

    /// <summary>A date as <c>2026-11-23</c>, UTC.</summary>
    public static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A time as <c>2026-11-23T12:00:00Z</c>, for evidence.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A number, the same for every language of the machine.</summary>
    public static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>All values in one evidence text.</summary>
    public static string Joined(IEnumerable<string> values) => string.Join(", ", values);
}
