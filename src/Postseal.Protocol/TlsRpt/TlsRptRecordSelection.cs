using System.Collections.Immutable;

namespace Postseal.Protocol.TlsRpt;

/// <summary>What RFC 8460 §3 makes of all TXT records at <c>_smtp._tls</c>: those not beginning <c>v=TLSRPTv1;</c> are dropped first, then exactly one must remain.
/// White space before that semicolon is tolerated, as the record's grammar allows it.</summary>
/// <param name="Unrelated">The texts that were dropped.</param>
public abstract record TlsRptRecordSelection(ImmutableArray<string> Unrelated)
{
    /// <summary>No candidate remains.</summary>
    public sealed record None(ImmutableArray<string> Unrelated) : TlsRptRecordSelection(Unrelated);

    /// <summary>More than one candidate remains: no reports.</summary>
    public sealed record Multiple(ImmutableArray<string> Candidates, ImmutableArray<string> Unrelated)
        : TlsRptRecordSelection(Unrelated)
    {
        /// <inheritdoc/>
        public bool Equals(Multiple? other) => base.Equals(other) && Candidates.SameItems(other!.Candidates);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Candidates.ItemsHash());
    }

    /// <summary>The one candidate is syntactically invalid: no reports.</summary>
    public sealed record Invalid(string Text, ParseError Error, ImmutableArray<string> Unrelated)
        : TlsRptRecordSelection(Unrelated);

    /// <summary>The one candidate is a valid record.</summary>
    public sealed record Valid(TlsRptRecord Record, string Text, ImmutableArray<string> Unrelated)
        : TlsRptRecordSelection(Unrelated);

    /// <summary>Applies the rule to the joined texts of all TXT records.</summary>
    public static TlsRptRecordSelection From(IEnumerable<string> texts)
    {
        var (candidates, unrelated) = Cursor.Sort(texts, TlsRptRecord.Version);
        return candidates switch
        {
            [] => new None(unrelated),
            [var text] => TlsRptRecord.TryParse(text, out var record, out var error)
                ? new Valid(record, text, unrelated)
                : new Invalid(text, error, unrelated),
            _ => new Multiple(candidates, unrelated),
        };
    }

    /// <inheritdoc/>
    public virtual bool Equals(TlsRptRecordSelection? other) =>
        other is not null && EqualityContract == other.EqualityContract && Unrelated.SameItems(other.Unrelated);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(EqualityContract, Unrelated.ItemsHash());
}
