using System.Text;
using System.Text.RegularExpressions;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests;

/// <summary>docs/rfc/README.md: each requirement, the code that names it and the tests that hold it; made from the sources, so that it cannot grow old.</summary>
public sealed partial class RfcPagesTests
{
    private static readonly string Root = RepositoryRoot.Path;

    [Fact]
    public void The_page_says_what_the_sources_say()
    {
        var path = Path.Combine(Root, "docs", "rfc", "README.md");
        Golden.Equal(path, File.Exists(path) ? File.ReadAllText(path) : "", Page());
    }

    private static string Page()
    {
        var rows = new SortedDictionary<string, (SortedSet<string> Code, SortedSet<string> Tests)>(new ByNumber());
        foreach (var file in Sources("src"))
        foreach (Match match in Row().Matches(File.ReadAllText(file)))
            Add(match.Value).Code.Add($"[{Path.GetFileName(file)}](../../{Relative(file)})");

        foreach (var file in Sources("tests"))
        foreach (var (row, test) in Tests(file))
            Add(row).Tests.Add($"[{test}](../../{Relative(file)})");

        var page = new StringBuilder(
            """
            # Requirements, code and tests

            One row per requirement: `RFC-section-number`, or `D-` for a table of our own decisions. Made from the sources by `make golden`; a test fails when it is old.
            Code is listed where a comment names the row; a row without code is held where its test looks.

            | row | RFC | code | tests |
            | --- | --- | --- | --- |

            """
        );
        foreach (var (row, (code, tests)) in rows)
            page.Append($"| {row} | {Section(row)} | {string.Join(", ", code)} | {string.Join(", ", tests)} |\n");

        return page.ToString();

        (SortedSet<string> Code, SortedSet<string> Tests) Add(string row)
        {
            if (!rows.TryGetValue(row, out var found))
                rows[row] = found = (new(StringComparer.Ordinal), new(StringComparer.Ordinal));

            return found;
        }
    }

    /// <summary>The rows that a test names: its own traits and those of its class.</summary>
    private static IEnumerable<(string Row, string Test)> Tests(string file)
    {
        var (pending, ofClass, name) = (new List<string>(), new List<string>(), "");
        foreach (var line in File.ReadLines(file))
        {
            if (Trait().Match(line) is { Success: true } trait)
            {
                pending.Add(trait.Groups[1].Value);
            }
            else if (Class().Match(line) is { Success: true } type)
            {
                name = type.Groups[1].Value;
                ofClass = [.. pending];
                pending.Clear();
                foreach (var row in ofClass)
                    yield return (row, name);
            }
            else if (Method().Match(line) is { Success: true } method)
            {
                foreach (var row in pending)
                    yield return (row, $"{name}.{method.Groups[1].Value}");

                pending.Clear();
            }
        }
    }

    private static string Section(string row) =>
        row.Split('-') is [var rfc, var section, _] && char.IsAsciiDigit(rfc[0])
            ? $"[{rfc} §{section}](https://www.rfc-editor.org/rfc/rfc{rfc}#section-{section})"
            : "our decision";

    private static IEnumerable<string> Sources(string folder) =>
        Directory
            .EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    private static string Relative(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    [GeneratedRegex(@"\b(?:[3-9][0-9]{3}-(?:[0-9]+(?:\.[0-9]+)*|E|A|B)-[0-9]+|D-[A-Z]+-[0-9]+)\b")]
    private static partial Regex Row();

    [GeneratedRegex("Trait\\(\"rfc\", \"([^\"]+)\"\\)")]
    private static partial Regex Trait();

    [GeneratedRegex("^public .*class (\\w+)")]
    private static partial Regex Class();

    [GeneratedRegex("^    public .* (\\w+)\\(")]
    private static partial Regex Method();

    /// <summary>Numbers in a row count as numbers: 3.1-2 comes before 3.1-10.</summary>
    private sealed class ByNumber : IComparer<string>
    {
        public int Compare(string? x, string? y) => string.CompareOrdinal(Key(x!), Key(y!));

        private static string Key(string row) => Regex.Replace(row, "[0-9]+", m => m.Value.PadLeft(6, '0'));
    }
}
