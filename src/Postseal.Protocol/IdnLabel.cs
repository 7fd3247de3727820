using System.Globalization;
using System.Text;

namespace Postseal.Protocol;

/// <summary>
/// U-label to A-label and back (RFC 5890). The program carries no Unicode normalisation tables, so only characters are taken that normalisation and
/// case folding cannot change once they are lower case; RFC 5891 §4.2 asks for just such labels. Everything else is refused.
/// </summary>
internal static class IdnLabel
{
    /// <summary>What every A-label begins with.</summary>
    public const string Prefix = "xn--";

    // Lower-case letters, digits and marks of these ranges are their own normalised form (NFKC, checked against Unicode 14); the gaps hold those that are not.
    private static readonly (int First, int Last)[] Ranges =
    [
        // Latin
        (0x00DF, 0x0131),
        (0x0134, 0x013E),
        (0x0141, 0x0148),
        (0x014A, 0x017E),
        (0x0180, 0x01C3),
        (0x01CD, 0x01F0),
        (0x01F4, 0x02AF),
        (0x1E00, 0x1E99),
        (0x1EA0, 0x1EFF),
        // Greek, Cyrillic, Armenian, Georgian
        (0x0390, 0x03CE),
        (0x0430, 0x0481),
        (0x048A, 0x052F),
        (0x0561, 0x0586),
        (0x10D0, 0x10FA),
        // Hebrew, Arabic
        (0x05D0, 0x05EA),
        (0x0620, 0x063F),
        (0x0641, 0x064A),
        (0x0660, 0x0669),
        (0x0671, 0x0674),
        (0x0679, 0x06D3),
        (0x06F0, 0x06FC),
        // Scripts of India and Sri Lanka
        (0x0900, 0x0957),
        (0x0960, 0x09DB),
        (0x09E0, 0x0A32),
        (0x0A35, 0x0A35),
        (0x0A38, 0x0A58),
        (0x0A5C, 0x0A5C),
        (0x0A66, 0x0B5B),
        (0x0B5F, 0x0DF3),
        // Thai, Lao, Khmer, Ethiopic
        (0x0E01, 0x0E32),
        (0x0E34, 0x0EB2),
        (0x0EB4, 0x0EDB),
        (0x1780, 0x17E9),
        (0x1200, 0x137F),
        // Kana, Bopomofo, Han, Hangul
        (0x3005, 0x3005),
        (0x3041, 0x3096),
        (0x30A1, 0x30FE),
        (0x3105, 0x312F),
        (0x3400, 0x4DBF),
        (0x4E00, 0x9FFF),
        (0x20000, 0x2A6DF),
        (0xAC00, 0xD7A3),
    ];

    // Letters and marks of these ranges that together have a composed form (NFC).
    private const string Composable =
        "\u0928\u0930\u0933\u09C7\u0B47\u0B92\u0BC6\u0BC7\u0C46\u0CBF\u0CC6\u0CCA\u0D46\u0D47\u0DD9\u0DDC";
    private const string Composing =
        "\u093C\u09BE\u09D7\u0B3E\u0B56\u0B57\u0BBE\u0BD7\u0C56\u0CC2\u0CD5\u0CD6\u0D3E\u0D57\u0DCA\u0DCF\u0DDF";

    private static readonly IdnMapping Mapping = new();

    /// <summary>The A-label of a label that is not ASCII; empty with an error.</summary>
    public static ParseError? ToAscii(ReadOnlySpan<char> label, out string ascii)
    {
        ascii = "";
        var lower = new char[label.Length];
        label.ToLowerInvariant(lower);
        if (FindFault(lower) is { } fault)
            return fault;

        try
        {
            ascii = Mapping.GetAscii(new string(lower));
            return null;
        }
        catch (ArgumentException)
        {
            // Too long, or left-to-right and right-to-left letters mixed: IdnMapping does not say which.
            return new(DomainErrors.Idn, 0);
        }
    }

    /// <summary>The U-label for people; the label itself where there is none, or none that is safe to show.</summary>
    public static string ToUnicode(string label)
    {
        if (!label.StartsWith(Prefix, StringComparison.Ordinal))
            return label;

        try
        {
            var unicode = Mapping.GetUnicode(label);
            return !MixesScripts(unicode) && ToAscii(unicode, out var ascii) is null && ascii == label ? unicode : label;
        }
        catch (ArgumentException)
        {
            return label;
        }
    }

    private static ParseError? FindFault(ReadOnlySpan<char> label)
    {
        if (Ascii.IsValid(label)) // a capital such as the Kelvin sign whose small letter is ASCII
            return new(DomainErrors.Idn, 0);

        if (label[0] == '-' || label[^1] == '-')
            return new(DomainErrors.Hyphen, label[0] == '-' ? 0 : label.Length - 1);

        var previous = '\0';
        for (var i = 0; i < label.Length; )
        {
            Rune.DecodeFromUtf16(label[i..], out var rune, out var length); // a lone surrogate becomes U+FFFD, which no range holds
            var mark = Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
            if (rune.IsAscii && !Rune.IsLetterOrDigit(rune) && rune.Value != '-')
                return new(DomainErrors.Character, i);

            if (mark && (i == 0 || !IsKnown(rune) || (Composable.Contains(previous) && Composing.Contains(label[i]))))
                return new(DomainErrors.IdnCombining, i);

            if (!rune.IsAscii && !mark && !(IsKnown(rune) && IsLowerLetterOrDigit(rune)))
                return new(DomainErrors.Idn, i);

            previous = label[i];
            i += length;
        }

        return null;
    }

    private static bool IsKnown(Rune rune) => Array.Exists(Ranges, r => rune.Value >= r.First && rune.Value <= r.Last);

    private static bool IsLowerLetterOrDigit(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.LowercaseLetter
                or UnicodeCategory.OtherLetter
                or UnicodeCategory.ModifierLetter
                or UnicodeCategory.DecimalDigitNumber;

    // A Cyrillic а among Latin letters looks like a Latin name.
    private static bool MixesScripts(string label) =>
        label.Any(char.IsAsciiLetter) && label.Any(c => c > '\u02AF' && c is not (>= '\u1E00' and <= '\u1EFF'));
}
