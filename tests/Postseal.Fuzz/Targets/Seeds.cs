using System.Text;
using System.Text.RegularExpressions;

namespace Postseal.Fuzz.Targets;

/// <summary>What inputs begin with: the test vectors (tests/Postseal.Tests/Corpus), and texts.</summary>
internal static partial class Seeds
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Seeds");

    /// <summary>Every vector of a folder.</summary>
    public static IEnumerable<byte[]> Vectors(string folder) =>
        Directory
            .EnumerateFiles(Path.Combine(Root, folder), "*.txt", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes);

    /// <summary>The first columns of a table of vectors, put together with a line end.</summary>
    public static IEnumerable<byte[]> Rows(string folder, int columns) =>
        File.ReadAllText(Path.Combine(Root, folder, "cases.tsv"))
            .TrimEnd('\n')
            .Split('\n')
            .Skip(1)
            .Select(row => Unescaped(string.Join('\n', row.Split('\t').Take(columns))))
            .Select(Encoding.UTF8.GetBytes);

    /// <summary>A file that the packages ship: as it is, and with its examples switched on.</summary>
    public static IEnumerable<byte[]> Toml(string file)
    {
        var text = File.ReadAllText(Path.Combine(Root, "toml", file));
        yield return Encoding.UTF8.GetBytes(text);
        yield return Encoding.UTF8.GetBytes(Example().Replace(text, ""));
        foreach (Match one in Setting().Matches(text))
            yield return Encoding.UTF8.GetBytes(one.Groups[1].Value);
    }

    /// <summary>Texts as UTF-8.</summary>
    public static IEnumerable<byte[]> Texts(params string[] texts) => texts.Select(Encoding.UTF8.GetBytes);

    private static string Unescaped(string text) =>
        Escape().Replace(text, m => ((char)Convert.ToInt32(m.Groups[1].Value, 16)).ToString());

    [GeneratedRegex(@"\\u([0-9a-f]{4})")]
    private static partial Regex Escape();

    // "#max-policies = 5", "#[sender-test]"; a comment has a blank behind the sign.
    [GeneratedRegex(@"(?m)^#(?=[\[a-z""])")]
    private static partial Regex Example();

    [GeneratedRegex(@"(?m)^#([a-z-]+ = .+)$")]
    private static partial Regex Setting();
}
