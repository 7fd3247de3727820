using System.Collections.Concurrent;
using System.Text;
using Postseal.Server.Pages.Views;

namespace Postseal.Server.Pages;

/// <summary>Pages that say the same to everybody as long as the program runs: each is made once. As many as there are kinds of finding, and five; 1 MB.</summary>
internal sealed class StandingPages
{
    private readonly ConcurrentDictionary<string, byte[]> _pages = new(StringComparer.Ordinal);

    /// <summary>The page, UTF-8.</summary>
    /// <param name="name">Which; nothing that a visitor can choose freely.</param>
    /// <param name="make">Makes it.</param>
    /// <param name="ct">Ends making it.</param>
    public async Task<byte[]> OfAsync(string name, Func<Task<PageModel>> make, CancellationToken ct)
    {
        if (_pages.TryGetValue(name, out var page))
            return page;

        page = Encoding.UTF8.GetBytes(await SitePages.PageAsync(await make(), ct));
        return _pages.GetOrAdd(name, page);
    }
}
