using System.Collections;
using System.Runtime.CompilerServices;
using System.Text;

namespace Postseal.Protocol.MtaSts;

/// <summary>The other lines of a policy, which senders ignore, in the order written. Kept as their text, as a policy of 64 kilobytes may have 16,000 of them. Compares by content.</summary>
[CollectionBuilder(typeof(PolicyLines), nameof(Create))]
public sealed class PolicyLines : IEnumerable<RecordField>, IEquatable<PolicyLines>
{
    private readonly PackedLines _lines;

    internal PolicyLines(PackedLines lines) => _lines = lines;

    /// <summary>How many.</summary>
    public int Length => _lines.Count;

    /// <summary>Packs lines; what a collection expression calls. A key holds no colon.</summary>
    public static PolicyLines Create(ReadOnlySpan<RecordField> fields)
    {
        var lines = new PackedLines.Builder();
        foreach (var field in fields)
            lines.Add(Encoding.UTF8.GetBytes($"{field.Name}:{field.Value}"));

        return new(lines.ToLines());
    }

    /// <inheritdoc/>
    public IEnumerator<RecordField> GetEnumerator() => _lines.Texts().Select(Unpack).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(PolicyLines? other) => other is not null && _lines.Bytes.Span.SequenceEqual(other._lines.Bytes.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PolicyLines);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_lines.Bytes.Span);
        return hash.ToHashCode();
    }

    private static RecordField Unpack(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return new(text[..colon], text[(colon + 1)..]);
    }
}
