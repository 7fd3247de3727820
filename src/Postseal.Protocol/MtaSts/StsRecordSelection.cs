using System.Collections.Immutable;

namespace Postseal.Protocol.MtaSts;

/// <summary>What RFC 8461 §3.1 makes of all TXT records at <c>_mta-sts</c>: those not beginning <c>v=STSv1;</c> are dropped first, then exactly one must remain.
/// White space before that semicolon is tolerated, as the record's grammar allows it.</summary>
/// <param name="Unrelated">The texts that were dropped.</param>
public abstract record StsRecordSelection(ImmutableArray<string> Unrelated)
{
    /// <summary>No candidate remains.</summary>
    public sealed record None(ImmutableArray<string> Unrelated) : StsRecordSelection(Unrelated);

    /// <summary>More than one candidate remains: no policy (counting comes before parsing).</summary>
    public sealed record Multiple(ImmutableArray<string> Candidates, ImmutableArray<string> Unrelated)
        : StsRecordSelection(Unrelated)
    {
        /// <inheritdoc/>
        public bool Equals(Multiple? other) => base.Equals(other) && Candidates.SameItems(other!.Candidates);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Candidates.ItemsHash());
    }

    /// <summary>The one candidate is syntactically invalid: no policy.</summary>
    public sealed record Invalid(string Text, ParseError Error, ImmutableArray<string> Unrelated) : StsRecordSelection(Unrelated);

    /// <summary>The one candidate is a valid record.</summary>
    public sealed record Valid(StsRecord Record, string Text, ImmutableArray<string> Unrelated) : StsRecordSelection(Unrelated);

    /// <summary>Applies the rule to the joined texts of all TXT records.</summary>
    public static StsRecordSelection From(IEnumerable<string> texts)
    {
        var (candidates, unrelated) = Cursor.Sort(texts, StsRecord.Version);
        return candidates switch
        {
            [] => new None(unrelated),
            [var text] => StsRecord.TryParse(text, out var record, out var error)
                ? new Valid(record, text, unrelated)
                : new Invalid(text, error, unrelated),
            _ => new Multiple(candidates, unrelated),
        };
    }

    /// <inheritdoc/>
    public virtual bool Equals(StsRecordSelection? other) =>
        other is not null && EqualityContract == other.EqualityContract && Unrelated.SameItems(other.Unrelated);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(EqualityContract, Unrelated.ItemsHash());
}
