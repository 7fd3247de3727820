using System.Net;

namespace Postseal.Server.Hosting;

/// <summary>What the public listener serves: the one place where API and pages are joined to the host.</summary>
internal static class PublicSurface
{
    /// <summary>Services that only API and pages need.</summary>
    public static void AddServices(IServiceCollection services) => _ = services;

    /// <summary>All endpoints. Found in DI: <see cref="Lookups.LookupDesk"/>, <see cref="History.HistoryStore"/>,
    /// <see cref="Configuration.ServerConfiguration"/>, <see cref="TimeProvider"/>, <see cref="SiteInfo"/>, <see cref="ClientBudget"/>.</summary>
    public static void Map(IEndpointRouteBuilder site) =>
        site.MapGet("/", (SiteInfo info) => Results.Content(Page(info.Name, info.Name), "text/html; charset=utf-8"));

    /// <summary>The page for people who are refused something.</summary>
    public static Task<string> ErrorPageAsync(HttpContext context, SiteError error, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult(Page(error.Title, error.Detail));
    }

    private static string Page(string title, string sentence) =>
        $"""
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{WebUtility.HtmlEncode(
                title
            )}</title></head>
            <body><main><h1>{WebUtility.HtmlEncode(title)}</h1><p>{WebUtility.HtmlEncode(sentence)}</p></main></body>
            </html>

            """;
}
