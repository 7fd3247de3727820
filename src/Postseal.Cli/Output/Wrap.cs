namespace Postseal.Cli.Output;

/// <summary>Greedy wrapping at blanks. A word longer than the line stands alone and is not broken: it may be a record to copy.</summary>
internal static class Wrap
{
    public static IEnumerable<string> Lines(string text, int width)
    {
        foreach (var paragraph in text.Split('\n'))
        {
            var line = "";
            foreach (var word in paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (line.Length > 0 && line.Length + 1 + word.Length > width)
                {
                    yield return line;
                    line = "";
                }

                line = line.Length == 0 ? word : $"{line} {word}";
            }

            yield return line;
        }
    }

    /// <summary>One line of at most <paramref name="width"/> characters.</summary>
    public static string Fold(string text, int width) =>
        text.Length <= width ? text : string.Concat(text.AsSpan(0, width - 1), "…");
}
