using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Postseal.SystemTests.Browser;

/// <summary>One page in one browser profile. Ends by telling whether the page asked another host for anything, or broke a rule of its own policy.</summary>
public sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = [];

    public Visit(IBrowserContext context, IPage page, Uri site)
    {
        (_context, Page) = (context, page);
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url) is { Scheme: not "data" } url && url.Authority != site.Authority)
                _complaints.Enqueue($"asked for {request.Url}");
        };
        page.Console += (_, message) =>
        {
            // A page with status 400 or 429 is one that a test asked for.
            if (
                message.Type is "error" or "warning"
                && !message.Text.Contains("the server responded with a status of 4", StringComparison.Ordinal)
            )
                _complaints.Enqueue(message.Text);
        };
        page.PageError += (_, error) => _complaints.Enqueue(error);
    }

    public IPage Page { get; }

    /// <summary>The check of a lab domain, to its end.</summary>
    public async Task CheckAsync(string label)
    {
        await Page.GotoAsync($"/check/{label}.lab.test");
        await Page.Locator(".answers").WaitForAsync();
    }

    /// <summary>Opens all that is folded.</summary>
    public async Task UnfoldAsync() =>
        await Page.EvaluateAsync("document.querySelectorAll('main details').forEach(d => { d.open = true; })");

    /// <summary>Whether the page is wider than the screen.</summary>
    public async Task<bool> ScrollsSidewaysAsync() =>
        await Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth");

    public void AssertNoComplaint() => Assert.Empty(_complaints);

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
