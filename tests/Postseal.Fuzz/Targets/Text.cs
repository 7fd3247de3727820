using System.Text;
using Postseal.Protocol;

namespace Postseal.Fuzz.Targets;

/// <summary>Inputs as text, and what has to hold of texts.</summary>
internal static class Text
{
    /// <summary>One character per octet, as TXT records and SMTP come.</summary>
    public static string Latin1(byte[] input) => Encoding.Latin1.GetString(input);

    /// <summary>As people type.</summary>
    public static string Utf8(byte[] input) => Encoding.UTF8.GetString(input);

    /// <summary>Any UTF-16 units, lone surrogates too.</summary>
    public static string Utf16(byte[] input) =>
        Encoding.Unicode.GetString(input, 0, input.Length & ~1) is var text && text.Contains('\uFFFD')
            ? string.Create(
                input.Length / 2,
                input,
                (span, bytes) =>
                {
                    for (var i = 0; i < span.Length; i++)
                        span[i] = (char)(bytes[2 * i] | bytes[(2 * i) + 1] << 8);
                }
            )
            : text;

    /// <summary>Holds for what may reach a terminal, a log or a page: one line, of bounded length, in which nothing is obeyed.</summary>
    public static void IsPrintable(string text, int maxLength) =>
        Invariant.Holds(PrintableText.Of(text, maxLength) == text, "text that is to be printed holds what must not be");

    /// <summary>Holds for a parse that gave nothing.</summary>
    public static void IsError(ParseError? error, int length)
    {
        Invariant.Holds(error is { Code.Length: > 0 }, "neither a value nor an error");
        Invariant.Inside(error!.Offset, length);
    }
}
