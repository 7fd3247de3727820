using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Postseal.Checks.Findings;
using Postseal.Server.Api;
using Postseal.Server.Hosting;
using Postseal.Server.Pages.Views;

namespace Postseal.Server.Pages;

/// <summary>Everything that a visitor with a browser sees. Every address works without script.</summary>
public static class SitePages
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Adds the pages.</summary>
    public static void Map(IEndpointRouteBuilder site)
    {
        foreach (var asset in StaticAsset.All)
            site.MapMethods(asset.Path, Reading, asset.Serve);

        site.MapMethods(
            "/robots.txt",
            Reading,
            () => Results.Text("User-agent: *\nDisallow: /check\nDisallow: /api/\nDisallow: /sender-test/\n")
        );
        site.MapMethods("/favicon.ico", Reading, () => Results.Redirect(StaticAsset.Icon.Path));
        site.MapMethods("/", Reading, HomeAsync);
        site.MapMethods("/learn", Reading, LearnAsync);
        site.MapMethods("/about", Reading, AboutAsync);
        site.MapMethods("/api", Reading, ApiAsync);
        site.MapMethods("/findings", Reading, FindingsAsync);
        site.MapMethods("/findings/{id}", Reading, FindingAsync);
        site.MapGet("/check", CheckPage.FindAsync);
        site.MapGet("/check/{domain}", CheckPage.ShowAsync);
        site.MapPost("/check/{domain}", CheckPage.AgainAsync);
    }

    /// <summary>The page for people who are refused something.</summary>
    public static async Task<string> ErrorPageAsync(HttpContext context, SiteError error, CancellationToken ct)
    {
        var info = context.RequestServices.GetRequiredService<SiteInfo>();
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        return await PageAsync(new(info, error.Title, null, await Html.OfAsync<ErrorView, ErrorModel>(new(error, now), ct)), ct);
    }

    /// <summary>A whole page.</summary>
    internal static Task<string> PageAsync(PageModel page, CancellationToken ct) => Html.OfAsync<Page, PageModel>(page, ct);

    private static Task HomeAsync(HttpContext context, SiteInfo info, StandingPages pages, CancellationToken ct) =>
        WriteAsync(
            context,
            pages,
            "/",
            async () =>
                new(
                    info,
                    $"{info.Name}: is mail to your domain protected?",
                    "/",
                    await Html.OfAsync<Home, HomeModel>(new(info), ct)
                )
                {
                    Description =
                        "Checks MTA-STS, TLS reporting and DANE of a mail domain: will mail be refused, is it protected, what to change.",
                    HasSearch = false,
                },
            ct
        );

    private static Task LearnAsync(HttpContext context, SiteInfo info, StandingPages pages, CancellationToken ct) =>
        WriteAsync(
            context,
            pages,
            "/learn",
            async () =>
                new(info, "MTA-STS, step by step", "/learn", await Html.OfAsync<Learn, SiteInfo>(info, ct))
                {
                    Description =
                        "What MTA-STS is, how a sender uses it, how to switch it on without losing mail, and common mistakes.",
                },
            ct
        );

    private static Task AboutAsync(HttpContext context, SiteInfo info, StandingPages pages, CancellationToken ct) =>
        WriteAsync(
            context,
            pages,
            "/about",
            async () =>
                new(info, "About", "/about", await Html.OfAsync<About, SiteInfo>(info, ct))
                {
                    Description = "What this site does, what it connects to, and what it keeps.",
                },
            ct
        );

    // Without a public URL it names the one that this client has asked for: such a page is for nobody else.
    private static async Task ApiAsync(
        HttpContext context,
        SiteInfo info,
        StandingPages pages,
        [FromKeyedServices("v1")] IOpenApiDocumentProvider document,
        CancellationToken ct
    )
    {
        if (info.PublicUrl is not null)
        {
            await WriteAsync(context, pages, "/api", MakeAsync, ct);
            return;
        }

        var text = await PageAsync(await MakeAsync(), ct);
        PageWork.Count(context, text.Length);
        await WriteAsync(context, Encoding.UTF8.GetBytes(text), ct);

        async Task<PageModel> MakeAsync() =>
            new(
                info,
                "API",
                "/api",
                await Html.OfAsync<ApiPage, ApiPageModel>(
                    new(ApiReference.Of(await document.GetOpenApiDocumentAsync(ct)), info.Link(context.Request, "")),
                    ct
                )
            )
            {
                Description = "Checks by HTTP: JSON, SARIF, JUnit and server-sent events.",
            };
    }

    private static Task FindingsAsync(HttpContext context, SiteInfo info, StandingPages pages, CancellationToken ct) =>
        WriteAsync(
            context,
            pages,
            "/findings",
            async () =>
                new(info, "Findings", "/findings", await Html.OfAsync<FindingIndex, SiteInfo>(info, ct))
                {
                    Description = "Every finding that a check can report: what it is, why it matters, how to fix it.",
                },
            ct
        );

    private static async Task FindingAsync(
        HttpContext context,
        string id,
        SiteInfo info,
        StandingPages pages,
        CancellationToken ct
    )
    {
        if (Catalogue.All.FirstOrDefault(k => k.Id == id) is not { } kind)
        {
            await NotFoundAsync(context, ct);
            return;
        }

        await WriteAsync(
            context,
            pages,
            $"/findings/{kind.Id}",
            async () =>
            {
                var example = info.Examples.FirstOrDefault(e => e.Name.StartsWith($"{id}.", StringComparison.Ordinal));
                var content = await Html.OfAsync<FindingArticle, FindingArticleModel>(new(kind, example), ct);
                return new(info, kind.Title, "/findings", content) { Description = $"{kind.Id}: {kind.Title}." };
            },
            ct
        );
    }

    private static Task NotFoundAsync(HttpContext context, CancellationToken ct) =>
        SiteErrors.WriteAsync(context, SiteError.Of(StatusCodes.Status404NotFound), ct);

    private static async Task WriteAsync(
        HttpContext context,
        StandingPages pages,
        string name,
        Func<Task<PageModel>> make,
        CancellationToken ct
    ) => await WriteAsync(context, await pages.OfAsync(name, make, ct), ct);

    private static async Task WriteAsync(HttpContext context, byte[] page, CancellationToken ct)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "public, max-age=300";
        await context.Response.Body.WriteAsync(page, ct);
    }
}
