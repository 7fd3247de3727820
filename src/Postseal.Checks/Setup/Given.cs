using System.Globalization;
using Tomlyn.Syntax;

namespace Postseal.Checks.Setup;

/// <summary>What a setting's value looks like in a file.</summary>
public enum SettingKind
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>A string or an array of strings.</summary>
    Texts,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>A number, fractions allowed.</summary>
    Seconds,

    /// <summary>true or false.</summary>
    Flag,
}

/// <summary>What somebody gave for a setting.</summary>
/// <param name="Origin">Where it stands, and so how a problem with it begins: <c>--listen</c>, <c>POSTSEAL_DNS</c>, <c>policyd.toml:12: listen</c>.</param>
/// <param name="Texts">The value as text; several for a list.</param>
public sealed record Given(string Origin, IReadOnlyList<string> Texts)
{
    private static readonly char[] Separators = [',', ' '];

    /// <summary>What an environment variable gives; null when it is not set.</summary>
    public static Given? FromEnvironment(SettingKind kind, string variable, string? value)
    {
        if (value is not { Length: > 0 })
            return null;

        return kind switch
        {
            SettingKind.Flag => new(variable, [value == "1" ? "true" : "false"]),
            SettingKind.Texts => new(variable, value.Split(Separators, StringSplitOptions.RemoveEmptyEntries)),
            _ => new(variable, [value]),
        };
    }

    /// <summary>The texts of a value in a file; null when it is of another kind.</summary>
    public static IReadOnlyList<string>? TextsOf(ValueSyntax value, SettingKind kind) =>
        (value, kind) switch
        {
            (StringValueSyntax { Value: { } text }, SettingKind.Text or SettingKind.Texts) => [text],
            (ArraySyntax array, SettingKind.Texts) => Strings(array),
            (IntegerValueSyntax number, SettingKind.Number or SettingKind.Seconds) =>
            [
                number.Value.ToString(CultureInfo.InvariantCulture),
            ],
            (FloatValueSyntax number, SettingKind.Seconds) => [number.Value.ToString(CultureInfo.InvariantCulture)],
            (BooleanValueSyntax flag, SettingKind.Flag) => [flag.Value ? "true" : "false"],
            _ => null,
        };

    /// <summary>What stands behind "is" when a value is of another kind.</summary>
    public static string Wanted(SettingKind kind, ValueSyntax? value) =>
        kind switch
        {
            SettingKind.Number when value is FloatValueSyntax => "a whole number, without a point",
            SettingKind.Text => "a text in quotes",
            SettingKind.Texts => "a text in quotes, or several in [ ]",
            SettingKind.Number => "a whole number without quotes",
            SettingKind.Seconds => "a number of seconds without quotes",
            _ => "true or false, without quotes",
        };

    private static string[]? Strings(ArraySyntax array)
    {
        var texts = array.Items.Select(i => (i.Value as StringValueSyntax)?.Value).ToArray();
        return texts.Contains(null) ? null : [.. texts.OfType<string>()];
    }
}
