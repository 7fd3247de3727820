namespace Postseal.Server.Pages;

/// <summary>A piece of a remedy: a sentence, or lines to copy.</summary>
/// <param name="Text">Safe to show; with line breaks between lines to copy.</param>
/// <param name="IsToCopy">Whether it is to be copied as it stands.</param>
public sealed record Remedy(string Text, bool IsToCopy)
{
    /// <summary>The pieces. A finding's remedy has a line break before each line to copy; a line that ends as a sentence does is one.</summary>
    public static IReadOnlyList<Remedy> Of(string text)
    {
        var pieces = new List<Remedy>();
        foreach (var (i, line) in Html.SafeLines(text).Split('\n').Index())
        {
            var isToCopy = i > 0 && !line.EndsWith('.') && !line.EndsWith(':');
            if (isToCopy && pieces is [.., { IsToCopy: true } last])
                pieces[^1] = last with { Text = $"{last.Text}\n{line}" };
            else
                pieces.Add(new(line, isToCopy));
        }

        return pieces;
    }
}
