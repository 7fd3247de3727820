using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Postseal.Protocol.MtaSts;

/// <summary>The <c>_mta-sts</c> TXT record: version and id (RFC 8461 §3.1). Rendering is <see cref="ToString"/>; parse ∘ render is the identity.</summary>
/// <param name="Id">1 to 32 letters and digits; compared byte by byte, without order.</param>
/// <param name="Extensions">All other fields, ignored by senders: unknown names, and repeats of <c>v</c> and <c>id</c>.</param>
public sealed record StsRecord(string Id, ImmutableArray<RecordField> Extensions)
{
    /// <summary>The label in front of the policy domain.</summary>
    public const string Label = "_mta-sts";

    /// <summary>Characters an id may have (RFC 8461 §3.1).</summary>
    public const int MaxIdLength = 32;

    internal const string Version = "v=STSv1";

    /// <summary>Reads the joined strings of one TXT record. Errors: <see cref="StsRecordErrors"/>.</summary>
    public static bool TryParse(
        ReadOnlySpan<char> text,
        [NotNullWhen(true)] out StsRecord? record,
        [NotNullWhen(false)] out ParseError? error
    )
    {
        var cursor = new Cursor(text, StsRecordErrors.Shared);
        var extensions = ImmutableArray.CreateBuilder<RecordField>();
        string? id = null;
        cursor.TakeVersion(Version);
        while (cursor.TakeName(out var name))
        {
            // The first id decides, even where its malformed value could pass for an extension (standard.md 8461-3.1-17).
            if (id is null && name is "id")
                id = cursor.TakeAlphanumeric(MaxIdLength, StsRecordErrors.IdSyntax, out var first) ? first.ToString() : null;
            else if (cursor.TakeExtension(out var value))
                extensions.Add(new(name.ToString(), value.ToString()));
        }

        error = cursor.Error ?? (id is null ? new(StsRecordErrors.IdMissing, text.Length) : null);
        record = error is null ? new(id!, extensions.DrainToImmutable()) : null;
        return error is null;
    }

    /// <inheritdoc/>
    public bool Equals(StsRecord? other) => other is not null && Id == other.Id && Extensions.SameItems(other.Extensions);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Extensions.ItemsHash());

    /// <summary>The record's text, <c>v=STSv1; id=…;</c> first.</summary>
    public override string ToString() => $"{Version}; id={Id};" + string.Concat(Extensions.Select(f => $" {f.Name}={f.Value};"));
}
