using System.Text.RegularExpressions;
using Postseal.Protocol;

namespace Postseal.Server.Hosting;

/// <summary>The path of a request as logs and traces may have it. The address of a sender test opens it to whoever reads it: its key is left out, in whatever form of a path it
/// stands, also one that leads nowhere. Behind the name of the sender test only the words that our own addresses have are written; and wherever something looks like a key, it is taken for one.</summary>
internal static partial class LoggedPath
{
    private const string Key = "KEY";
    private const int MaxLength = 300;

    // Each takes one layer of percent signs off; what is wrapped more often than that is no mistake, and nothing of it is written.
    private const int MostLayers = 4;

    private static readonly string[] Words = ["next", "bounce", "bounces", "delete", "message.eml", "events", "rounds", "cases"];

    /// <summary>On one line, without a key.</summary>
    public static string Of(PathString path) => PrintableText.Of(Without(Plain(path.Value ?? "")), MaxLength);

    private static string Plain(string text)
    {
        for (var layer = 0; layer < MostLayers; layer++)
        {
            var plain = Uri.UnescapeDataString(text);
            if (plain == text)
                return text;

            text = plain;
        }

        return Key;
    }

    private static string Without(string text)
    {
        var test = TestPath().Match(text);
        if (!test.Success)
            return Keys().Replace(text, Key);

        var from = test.Index + test.Length;
        var parts = Separators().Split(text[from..]).Where(p => p.Length > 0).Select(p => IsWord(p) ? p : Key);
        return Keys().Replace(text[..from], Key) + string.Concat(parts.Select(p => $"/{p}"));
    }

    // Numbers of rounds and names of cases are short; a key has 26 characters, and what is left of a broken one more than these.
    private static bool IsWord(string part) =>
        Words.Contains(part, StringComparer.OrdinalIgnoreCase) || part.Length <= 2 && part.All(char.IsAsciiDigit);

    // However its parts are held together; routes know no case.
    [GeneratedRegex("sender[^a-z0-9]*test", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex TestPath();

    // Also those that end and begin a line of their own.
    [GeneratedRegex(@"[/\\?#;&=:\s\p{C}]+")]
    private static partial Regex Separators();

    // A key, or so much of one that the rest could be tried (TestKey: 26 characters of 5 bits).
    [GeneratedRegex("[A-Za-z2-7]{18,}")]
    private static partial Regex Keys();
}
