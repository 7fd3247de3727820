using System.Collections.Immutable;

namespace Postseal.Checks.Findings;

/// <summary>One result of one check. Immutable data: the text is written for a postmaster, values from outside stand in <see cref="Evidence"/>.</summary>
/// <param name="Id">Stable id of the catalogue, for example <c>mx-uncovered</c>.</param>
/// <param name="Level">How bad it is here and now.</param>
/// <param name="Subject">What it is about: a host name, an address, a DNS name; the domain itself where nothing narrower fits.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Remedy">What to do, with the exact line to publish where there is one; a line break comes before
/// each line to copy. Null for a finding that asks for nothing.</param>
/// <param name="Rfc">Section that rules it, for example <c>8461 §4.1</c>; null where no RFC does.</param>
/// <param name="Evidence">Names and values seen; values may be hostile, escape before printing.</param>
public sealed record Finding(
    string Id,
    Level Level,
    string Subject,
    string Summary,
    string? Remedy,
    string? Rfc,
    ImmutableSortedDictionary<string, string> Evidence
)
{
    /// <summary>A finding of the catalogue; the RFC section comes from there.</summary>
    public static Finding Of(
        string id,
        Level level,
        string subject,
        string summary,
        string? remedy = null,
        params ReadOnlySpan<(string Name, string Value)> evidence
    )
    {
        var values = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in evidence)
            values[name] = value;

        return new(id, level, subject, summary, remedy, Catalogue.Get(id).Rfc, values.ToImmutable());
    }
}

/// <summary>The levels of a finding, mildest first.</summary>
public enum Level
{
    /// <summary>The check ran and nothing is wrong.</summary>
    Ok,

    /// <summary>A fact worth knowing.</summary>
    Info,

    /// <summary>Could not be tested; never a fault.</summary>
    Unknown,

    /// <summary>A risk, or a fault without effect today.</summary>
    Warn,

    /// <summary>Protection is silently lost.</summary>
    Off,

    /// <summary>Mail bounces or defers at enforcing senders.</summary>
    Breaks,
}
