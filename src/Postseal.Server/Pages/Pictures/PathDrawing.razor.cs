using System.Globalization;
using System.Net;

namespace Postseal.Server.Pages.Pictures;

/// <summary>The path of the mail as one drawing.</summary>
public sealed partial class PathDrawing
{
    // Both drawings stand on the page; the wider one is wider than any phone.
    private string Id => Model.Width > 400 ? "across" : "down";

    private string Description =>
        string.Join("; ", Model.Boxes.Select(b => $"{b.Station.Title} {b.Station.Word}: {b.Station.Text}"));

    // Razor keeps <text> for itself.
    private static string Text(int x, int y, string name, string content) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""<text class="{name}" x="{x}" y="{y}">{WebUtility.HtmlEncode(content)}</text>"""
        );
}
