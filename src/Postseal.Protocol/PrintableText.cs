using System.Globalization;
using System.Text;

namespace Postseal.Protocol;

/// <summary>Makes text from peers, DNS and certificates safe to show: terminals, logs and pages must not obey it.</summary>
public static class PrintableText
{
    private const char Ellipsis = '…';

    // Letters and symbols by category, yet drawn as nothing: fillers, and marks that only select glyphs.
    private static readonly HashSet<int> Invisible = [0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0];

    /// <summary>One line in which every control, bidirectional, zero-width, private-use or unassigned character, every line or paragraph separator and
    /// every lone surrogate is a visible escape, <c>\x1B</c> or <c>\u{202E}</c>. Applying it again changes nothing.</summary>
    /// <param name="text">Anything at all.</param>
    /// <param name="maxLength">UTF-16 units of the result, at least 1; what is cut off is marked by a final <c>…</c>.</param>
    public static string Of(string text, int maxLength)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        var line = new StringBuilder(Math.Min(text.Length, maxLength));
        var cut = 0; // where the ellipsis goes if the rest does not fit
        for (var rest = text.AsSpan(); !rest.IsEmpty; )
        {
            var shown = Show(rest, out var used);
            if (line.Length + shown.Length > maxLength)
                return line.Remove(cut, line.Length - cut).Append(Ellipsis).ToString();

            line.Append(shown);
            rest = rest[used..];
            if (line.Length < maxLength)
                cut = line.Length;
        }

        return line.ToString();
    }

    private static string Show(ReadOnlySpan<char> rest, out int used)
    {
        if (Rune.DecodeFromUtf16(rest, out var rune, out used) != System.Buffers.OperationStatus.Done)
            return Escape(rest[0]);

        return IsVisible(rune) ? rune.ToString() : Escape(rune.Value);
    }

    private static bool IsVisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Control
            or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.PrivateUse
            or UnicodeCategory.Surrogate
            or UnicodeCategory.OtherNotAssigned => false,
            UnicodeCategory.SpaceSeparator => rune.Value == ' ',
            UnicodeCategory.NonSpacingMark => !Invisible.Contains(rune.Value) && !IsVariationSelector(rune.Value),
            _ => !Invisible.Contains(rune.Value),
        };

    private static bool IsVariationSelector(int value) =>
        value is (>= 0x180B and <= 0x180F) or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF);

    private static string Escape(int value) =>
        value < 0x100
            ? string.Create(CultureInfo.InvariantCulture, $@"\x{value:X2}")
            : string.Create(CultureInfo.InvariantCulture, $@"\u{{{value:X4}}}");
}
