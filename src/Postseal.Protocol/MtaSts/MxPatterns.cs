using System.Collections;
using System.Runtime.CompilerServices;
using System.Text;

namespace Postseal.Protocol.MtaSts;

/// <summary>The patterns of a policy, in the order written. Kept as their text: a policy of 64 kilobytes may have 6,496 of them, and a <see cref="MxPattern"/> is made
/// only for who looks at it. Compares by content.</summary>
[CollectionBuilder(typeof(MxPatterns), nameof(Create))]
public sealed class MxPatterns : IEnumerable<MxPattern>, IEquatable<MxPatterns>
{
    private readonly PackedLines _lines;

    internal MxPatterns(PackedLines lines) => _lines = lines;

    /// <summary>How many.</summary>
    public int Length => _lines.Count;

    /// <summary>Packs patterns; what a collection expression calls.</summary>
    public static MxPatterns Create(ReadOnlySpan<MxPattern> patterns)
    {
        var lines = new PackedLines.Builder();
        foreach (var pattern in patterns)
            lines.Add(Encoding.ASCII.GetBytes(pattern.ToString()));

        return new(lines.ToLines());
    }

    /// <summary>True when some pattern covers the host (RFC 8461 §4.1). Allocates nothing.</summary>
    public bool Covers(DomainName host)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (host.IsAddress)
            return false; // such a pattern matches nothing

        Span<byte> exact = stackalloc byte[host.Value.Length];
        Encoding.ASCII.GetBytes(host.Value, exact);
        var dot = exact.IndexOf((byte)'.');
        ReadOnlySpan<byte> parent = dot < 0 ? default : exact[dot..];
        var rest = _lines.Bytes.Span;
        while (PackedLines.TryNext(ref rest, out var pattern))
        {
            if (pattern.SequenceEqual(exact) || (pattern[0] == (byte)'*' && pattern[1..].SequenceEqual(parent)))
                return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public IEnumerator<MxPattern> GetEnumerator() => _lines.Texts().Select(Unpack).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(MxPatterns? other) => other is not null && _lines.Bytes.Span.SequenceEqual(other._lines.Bytes.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MxPatterns);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_lines.Bytes.Span);
        return hash.ToHashCode();
    }

    // Nothing but patterns was packed.
    private static MxPattern Unpack(string text) =>
        MxPattern.TryParse(text, out var pattern, out _) ? pattern : throw new FormatException(text);
}
