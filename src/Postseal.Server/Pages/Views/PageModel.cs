using Postseal.Server.Hosting;

namespace Postseal.Server.Pages.Views;

/// <summary>A whole page around its content.</summary>
/// <param name="Site">Whose page it is.</param>
/// <param name="Title">In the tab, before the name of the site.</param>
/// <param name="Here">The page's own path, to mark it in the navigation; null for pages that stand nowhere in it.</param>
/// <param name="Content">HTML of the main part.</param>
public sealed record PageModel(SiteInfo Site, string Title, string? Here, string Content)
{
    /// <summary>One sentence for search engines; null for pages that they shall leave out.</summary>
    public string? Description { get; init; }

    /// <summary>The small box in the head of the page; the start page has a large one instead.</summary>
    public bool HasSearch { get; init; } = true;

    /// <summary>For browsers without script: loads the page anew after so long; null for never.</summary>
    public int? RefreshSeconds { get; init; }
}

/// <summary>The box to type a domain into.</summary>
/// <param name="Value">What stands in it.</param>
/// <param name="Problem">What is wrong with that, or null.</param>
public sealed record SearchModel(string Value, string? Problem);

/// <summary>The start page.</summary>
/// <param name="Site">Whose page it is.</param>
public sealed record HomeModel(SiteInfo Site);
