using System.Collections.Immutable;

namespace Postseal.Protocol.TlsRpt;

/// <summary>What RFC 8460 §3 makes of all TXT records at <c>_smtp._tls</c>: those not beginning <c>v=TLSRPTv1;</c> are dropped first, then exactly one must remain.</summary>
/// <param name="Unrelated">The texts that were dropped.</param>
public abstract record TlsRptRecordSelection(ImmutableArray<string> Unrelated)
{
    /// <summary>No candidate remains.</summary>
    public sealed record None(ImmutableArray<string> Unrelated) : TlsRptRecordSelection(Unrelated);

    /// <summary>More than one candidate remains: no reports.</summary>
    public sealed record Multiple(ImmutableArray<string> Candidates, ImmutableArray<string> Unrelated) : TlsRptRecordSelection(Unrelated);

    /// <summary>The one candidate is syntactically invalid: no reports.</summary>
    public sealed record Invalid(string Text, ParseError Error, ImmutableArray<string> Unrelated) : TlsRptRecordSelection(Unrelated);

    /// <summary>The one candidate is a valid record.</summary>
    public sealed record Valid(TlsRptRecord Record, string Text, ImmutableArray<string> Unrelated) : TlsRptRecordSelection(Unrelated);

    /// <summary>Applies the rule to the joined texts of all TXT records.</summary>
    public static TlsRptRecordSelection From(IEnumerable<string> texts) => throw new NotSupportedException();
}
