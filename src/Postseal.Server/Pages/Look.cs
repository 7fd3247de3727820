namespace Postseal.Server.Pages;

/// <summary>How a level or a verdict looks: a word, and the level whose colour and shape it has. Both always go together, so that no meaning hangs on
/// colour alone.</summary>
/// <param name="Level">Wire name of a level.</param>
/// <param name="Word">For people.</param>
public sealed record Look(string Level, string Word)
{
    /// <summary>The levels in the order in which a report lists them.</summary>
    public static IReadOnlyList<Look> Levels { get; } =
    [
        new("breaks", "Breaks mail"),
        new("off", "Switches protection off"),
        new("warn", "Warning"),
        new("unknown", "Could not be tested"),
        new("info", "Good to know"),
        new("ok", "In order"),
    ];

    /// <summary>The look of a level; one from the future looks unknown.</summary>
    public static Look OfLevel(string level) => Levels.FirstOrDefault(l => l.Level == level) ?? Levels[3];

    /// <summary>The answer to "Will mail be refused?".</summary>
    public static Look OfMail(string verdict) =>
        verdict switch
        {
            "ok" => new("ok", "No"),
            "at-risk" => new("warn", "At risk"),
            "breaks" => new("breaks", "Yes"),
            _ => new("unknown", "Unknown"),
        };

    /// <summary>The answer to "Is mail protected?".</summary>
    public static Look OfProtection(string verdict) =>
        verdict switch
        {
            "enforced" => new("ok", "Yes"),
            "testing" => new("warn", "Only testing"),
            "off" => new("off", "Switched off"),
            "none" => new("info", "No"),
            _ => new("unknown", "Unknown"),
        };
}
