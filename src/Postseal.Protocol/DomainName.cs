using System.Diagnostics.CodeAnalysis;

namespace Postseal.Protocol;

/// <summary>
/// A DNS name as mail uses it, normalised once: A-labels, lower case, no final dot (standard.md 8461-1.1-1). The only way to compare domain names.
/// </summary>
public sealed class DomainName : IEquatable<DomainName>, IComparable<DomainName>
{
    /// <summary>Octets of a name in presentation form without the final dot (RFC 1035 §2.3.4).</summary>
    public const int MaxLength = 253;

    private DomainName(string value) => Value = value;

    /// <summary>The normalised name.</summary>
    public string Value { get; }

    /// <summary>Reads A-labels or U-labels, any case, with or without a final dot. Underscores are allowed (service labels, real MX names);
    /// addresses, empty labels, labels over 63 and names over 253 octets are not.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out DomainName? name, [NotNullWhen(false)] out ParseError? error) =>
        throw new NotSupportedException();

    /// <summary>For names known to be good, such as literals.</summary>
    /// <exception cref="FormatException">The text is no domain name.</exception>
    public static DomainName Parse(string text) =>
        TryParse(text, out var name, out var error) ? name : throw new FormatException($"{error.Code} at {error.Offset}");

    /// <summary>The labels, left to right.</summary>
    public IReadOnlyList<string> Labels => Value.Split('.');

    /// <summary>The name without its first label; null for a single label.</summary>
    public DomainName? Parent => Value.IndexOf('.') is var dot and >= 0 ? new(Value[(dot + 1)..]) : null;

    /// <summary>Puts labels in front, for example <c>_mta-sts</c> or <c>_25._tcp</c>; false when the result would be too long to exist.</summary>
    public bool TryPrepend(string labels, [NotNullWhen(true)] out DomainName? name)
    {
        var value = $"{labels}.{Value}";
        name = value.Length <= MaxLength ? new(value) : null;
        return name is not null;
    }

    /// <summary>True for the name itself and everything below it.</summary>
    public bool IsWithin(DomainName zone) => Equals(zone) || Value.EndsWith("." + zone.Value, StringComparison.Ordinal);

    /// <summary>The name with U-labels where they convert back to the same A-labels; for people only.</summary>
    public string ToUnicode() => throw new NotSupportedException();

    /// <inheritdoc/>
    public bool Equals(DomainName? other) => other is not null && Value == other.Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DomainName);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public int CompareTo(DomainName? other) => string.CompareOrdinal(Value, other?.Value);

    /// <summary>Same as <see cref="Value"/>.</summary>
    public override string ToString() => Value;
}
