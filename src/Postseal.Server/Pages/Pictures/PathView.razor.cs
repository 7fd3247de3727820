namespace Postseal.Server.Pages.Pictures;

/// <summary>The path of the mail: drawn for wide and for narrow screens (a rule of the style sheet shows one of them), and as a table.</summary>
public sealed partial class PathView
{
    // Beyond these a picture explains nothing any more.
    private const int MaxHosts = 8;

    private IReadOnlyList<Way> Drawn =>
        Model.Ways.Count <= MaxHosts + 1
            ? Model.Ways
            : [Model.Ways[0], .. Model.Ways.Skip(1).OrderByDescending(w => w.Fails).Take(MaxHosts)];
}
