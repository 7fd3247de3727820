namespace Postseal.Server.Pages;

/// <summary>Where a rule is written.</summary>
/// <param name="Text">For example <c>RFC 8461 §4.1</c>.</param>
/// <param name="Url">The section at the RFC Editor.</param>
public sealed record RfcLink(string Text, string Url)
{
    /// <summary>From the catalogue's notation, <c>8461 §4.1</c> or <c>8446</c>.</summary>
    public static RfcLink Of(string reference)
    {
        var parts = reference.Split(' ', 2);
        var number = new string([.. parts[0].Where(char.IsAsciiDigit)]);
        var section = parts.Length == 2 ? new string([.. parts[1].Where(c => char.IsAsciiDigit(c) || c == '.')]) : "";
        var anchor = section.Length > 0 ? $"#section-{section}" : "";
        return new($"RFC {reference}", $"https://www.rfc-editor.org/rfc/rfc{number}{anchor}");
    }
}
