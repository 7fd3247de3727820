using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace Postseal.Protocol;

/// <summary>
/// A DNS name as mail uses it, normalised once: A-labels, lower case, no final dot (standard.md 8461-1.1-1). The only way to compare domain names.
/// </summary>
public sealed class DomainName : IEquatable<DomainName>, IComparable<DomainName>
{
    /// <summary>Octets of a name in presentation form without the final dot (RFC 1035 §2.3.4).</summary>
    public const int MaxLength = 253;

    /// <summary>Octets of a label (RFC 1035 §2.3.4).</summary>
    public const int MaxLabelLength = 63;

    // A U-label is shorter than its A-label in characters, and a character is at most two UTF-16 units.
    private const int MaxTextLength = 2 * MaxLength + 1;

    private static readonly SearchValues<char> Dots = SearchValues.Create(".\u3002\uFF0E\uFF61"); // RFC 3490 §3.1
    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    );

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789ABCDEFabcdef");

    private DomainName(string value) => Value = value;

    /// <summary>The normalised name.</summary>
    public string Value { get; }

    /// <summary>Reads A-labels or U-labels, any case, with or without a final dot. Underscores are allowed (service labels, real MX names);
    /// addresses, empty labels, labels over 63 and names over 253 octets are not. A-labels are taken as they are, decodable or not, as DNS does.
    /// U-labels need no normalisation tables here and therefore have to be composed letters and digits of a script in common use: others are
    /// refused rather than turned into another name. Errors: <see cref="DomainErrors"/>.</summary>
    public static bool TryParse(
        ReadOnlySpan<char> text,
        [NotNullWhen(true)] out DomainName? name,
        [NotNullWhen(false)] out ParseError? error
    )
    {
        Span<char> value = stackalloc char[MaxLength + 1 + MaxLabelLength]; // the length is checked after each label
        var length = 0;
        error = FindFault(text) ?? AppendLabels(text, value, ref length);
        name = error is null ? new(new string(value[..length])) : null;
        return name is not null;
    }

    /// <summary>For names known to be good, such as literals.</summary>
    /// <exception cref="FormatException">The text is no domain name.</exception>
    public static DomainName Parse(string text) =>
        TryParse(text, out var name, out var error) ? name : throw new FormatException($"{error.Code} at {error.Offset}");

    /// <summary>The labels, left to right.</summary>
    public IReadOnlyList<string> Labels => Value.Split('.');

    /// <summary>The name without its first label; null for a single label.</summary>
    public DomainName? Parent => Value.IndexOf('.') is var dot and >= 0 ? new(Value[(dot + 1)..]) : null;

    /// <summary>True when the last label is a number, decimal or hexadecimal (<c>0x7f</c>). No name read by <see cref="TryParse"/> has this, only the domain of an mx pattern can.</summary>
    internal bool IsAddress => IsNumber(Value.AsSpan(Value.LastIndexOf('.') + 1));

    /// <summary>Puts labels in front, for example <c>_mta-sts</c> or <c>_25._tcp</c>; false when the result would be too long to exist.</summary>
    public bool TryPrepend(string labels, [NotNullWhen(true)] out DomainName? name)
    {
        var value = $"{labels}.{Value}";
        name = value.Length <= MaxLength ? new(value) : null;
        return name is not null;
    }

    /// <summary>True for the name itself and everything below it.</summary>
    public bool IsWithin(DomainName zone) =>
        Value.EndsWith(zone.Value, StringComparison.Ordinal)
        && (Value.Length == zone.Value.Length || Value[^(zone.Value.Length + 1)] == '.');

    /// <summary>The name with U-labels where they convert back to the same A-labels and do not mix ASCII letters with another script; for people only.</summary>
    public string ToUnicode() =>
        Value.Contains(IdnLabel.Prefix, StringComparison.Ordinal) ? string.Join('.', Labels.Select(IdnLabel.ToUnicode)) : Value;

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

    /// <summary>Takes a text that fits Domain of RFC 5321 §4.1.2 as it is, a dotted quad included.</summary>
    internal static DomainName FromAscii(ReadOnlySpan<char> domain)
    {
        Span<char> value = stackalloc char[MaxLength];
        return new(new string(value[..domain.ToLowerInvariant(value)]));
    }

    // What is wrong with the text as a whole.
    private static ParseError? FindFault(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return new(DomainErrors.Empty, 0);

        if (text.Length > MaxTextLength)
            return new(DomainErrors.Length, MaxLength);

        if (text[0] == '[' || (text.Contains(':') && IPAddress.TryParse(text, out _)))
            return new(DomainErrors.Address, 0);

        return null;
    }

    private static ParseError? AppendLabels(ReadOnlySpan<char> text, Span<char> value, ref int written)
    {
        var start = 0;
        while (true)
        {
            var length = text[start..].IndexOfAny(Dots);
            var end = length < 0 ? text.Length : start + length;
            if (AppendLabel(text[start..end], value, ref written) is { } fault)
                return new(fault.Code, start + fault.Offset);

            if (written > MaxLength)
                return new(DomainErrors.Length, Math.Min(MaxLength, text.Length));

            if (end >= text.Length - 1)
                return IsNumber(text[start..end]) ? new(DomainErrors.Address, start) : null;

            value[written++] = '.';
            start = end + 1;
        }
    }

    private static ParseError? AppendLabel(ReadOnlySpan<char> label, Span<char> value, ref int written)
    {
        if (label.IsEmpty)
            return new(DomainErrors.LabelEmpty, 0);

        if (!Ascii.IsValid(label))
        {
            var fault = IdnLabel.ToAscii(label, out var ascii);
            ascii.CopyTo(value[written..]);
            written += ascii.Length;
            return fault;
        }

        if (label.IndexOfAnyExcept(LabelCharacters) is var bad and >= 0)
            return new(DomainErrors.Character, bad);

        if (label.Length > MaxLabelLength)
            return new(DomainErrors.LabelLength, MaxLabelLength);

        // Service labels such as _25._tcp are not host names; hyphens are free there.
        if ((label[0] == '-' || label[^1] == '-') && !label.Contains('_'))
            return new(DomainErrors.Hyphen, label[0] == '-' ? 0 : label.Length - 1);

        written += label.ToLowerInvariant(value[written..]);
        return null;
    }

    // As address readers take it (inet_aton, WHATWG URL "ends in a number"): digits, or 0x and hexadecimal digits, be there any or not. For them
    // 1.2.3.0x4 is the address 1.2.3.4, whatever DNS says of a name that is written so.
    private static bool IsNumber(ReadOnlySpan<char> label) =>
        label is ['0', 'x' or 'X', .. var hex] ? !hex.ContainsAnyExcept(HexDigits) : label.IndexOfAnyExceptInRange('0', '9') < 0;
}
