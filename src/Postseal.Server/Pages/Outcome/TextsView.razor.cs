using System.Globalization;

namespace Postseal.Server.Pages.Outcome;

/// <summary>Everything that is published at one name, as lines of a zone file.</summary>
public sealed partial class TextsView
{
    private string? Says(string text) =>
        Model.Counts is null ? "Published, but not the one record that would count:"
        : Model.Texts.Count == 1 ? null
        : IsSame(text, Model.Counts) ? "The record that counts:"
        : "Another text beside it:";

    // The longest texts are cut in the list of all.
    private static bool IsSame(string text, string counts) =>
        text == counts || (text.EndsWith('…') && counts.StartsWith(text[..^1], StringComparison.Ordinal));

    private string Title(int index) =>
        Model.Texts.Count == 1
            ? $"TXT at {Model.Name}"
            : string.Create(CultureInfo.InvariantCulture, $"TXT {index + 1} at {Model.Name}");
}
