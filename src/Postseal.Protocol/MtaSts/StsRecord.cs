using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Postseal.Protocol.MtaSts;

/// <summary>The <c>_mta-sts</c> TXT record: version and id (RFC 8461 §3.1). Rendering is <see cref="ToString"/>; parse ∘ render is the identity.</summary>
public sealed record StsRecord(string Id, ImmutableArray<RecordField> Extensions)
{
    /// <summary>The label in front of the policy domain.</summary>
    public const string Label = "_mta-sts";

    /// <summary>Reads the joined strings of one TXT record.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out StsRecord? record, [NotNullWhen(false)] out ParseError? error) =>
        throw new NotSupportedException();
}
