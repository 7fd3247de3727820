using System.Globalization;
using System.Text;
using CsCheck;
using Postseal.Protocol;
using Xunit;

namespace Postseal.Tests.Protocol;

public sealed class PrintableTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("220 mx.example.com ESMTP", "220 mx.example.com ESMTP")]
    [InlineData("Grüße aus 東京 🙂", "Grüße aus 東京 🙂")]
    [InlineData("e\u0301", "e\u0301")]
    [InlineData("\u001b[31mred\u0007", @"\x1B[31mred\x07")]
    [InlineData("a\r\nb\tc\0", @"a\x0D\x0Ab\x09c\x00")]
    [InlineData("\u007f\u0080\u009b2J\u00ad", @"\x7F\x80\x9B2J\xAD")]
    [InlineData("\u202egnp.exe\u2066", @"\u{202E}gnp.exe\u{2066}")]
    [InlineData("a\u200bb\u200d\ufeff", @"a\u{200B}b\u{200D}\u{FEFF}")]
    [InlineData("a\u2028b\u2029", @"a\u{2028}b\u{2029}")]
    [InlineData("a\u00a0b\u3000", @"a\xA0b\u{3000}")]
    [InlineData("\ue000\ufdd0\uffff", @"\u{E000}\u{FDD0}\u{FFFF}")]
    [InlineData("\U000e0041\U000e0100\ufe0f", @"\u{E0041}\u{E0100}\u{FE0F}")]
    [InlineData("\u3164\u115f\u2800\u034f", @"\u{3164}\u{115F}\u{2800}\u{034F}")]
    public void Only_what_can_be_seen_is_shown_as_it_is(string text, string shown) =>
        Assert.Equal(shown, PrintableText.Of(text, 200));

    [Fact]
    public void Half_a_surrogate_pair_is_escaped()
    {
        Assert.Equal(@"\u{D83D}", PrintableText.Of("\ud83d", 20)); // attributes cannot hold these
        Assert.Equal(@"\u{DE42}\u{D83D}", PrintableText.Of("\ude42\ud83d", 20));
    }

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdefg", 6, "abcde…")]
    [InlineData("ab\u001b", 6, @"ab\x1B")]
    [InlineData("ab\u001bc", 6, "ab…")]
    [InlineData("abc🙂", 5, "abc🙂")]
    [InlineData("abc🙂d", 5, "abc…")]
    [InlineData("ab", 1, "…")]
    [InlineData("\u001b", 1, "…")]
    [InlineData("", 1, "")]
    public void What_is_too_long_is_cut_between_characters(string text, int length, string shown) =>
        Assert.Equal(shown, PrintableText.Of(text, length));

    [Fact]
    public void Any_text_becomes_one_harmless_line() =>
        Gen.Select(Gen.Char.Array[0, 60].Select(c => new string(c)), Gen.Int[1, 80])
            .Sample(
                (text, length) =>
                {
                    var shown = PrintableText.Of(text, length);
                    Assert.True(shown.Length <= length);
                    Assert.All(shown.EnumerateRunes(), rune => Assert.True(IsHarmless(rune)));
                    Assert.Equal(shown, PrintableText.Of(shown, length));
                }
            );

    private static bool IsHarmless(Rune rune) =>
        rune != Rune.ReplacementChar
        && Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
            );
}
