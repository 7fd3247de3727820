using Postseal.Protocol;
using Postseal.Server.Hosting;
using Postseal.Server.Lookups;
using Postseal.Server.Pages.Outcome;
using Postseal.Server.Pages.Views;

namespace Postseal.Server.Pages;

/// <summary>The page of one domain. One path for everybody: HTML that comes as the check goes on; no script has a part in it.</summary>
internal static class CheckPage
{
    // Stands in rendered HTML where more is to come. Nothing from outside can hold it: there each "<" is encoded.
    private const string Gap = "<!--gap-->";

    /// <summary>The form: to the permanent link of the domain meant.</summary>
    public static Task FindAsync(HttpContext context, string? domain, SiteInfo info, CancellationToken ct)
    {
        if (!DomainInput.TryRead(domain, out var name, out var problem))
            return RefuseAsync(context, info, domain ?? "", problem, ct);

        context.Response.Redirect($"/check/{name}");
        return Task.CompletedTask;
    }

    /// <summary>The check that is kept, that runs, or that is started now.</summary>
    public static async Task ShowAsync(HttpContext context, string domain, SiteInfo info, LookupDoor door, CancellationToken ct)
    {
        if (!DomainInput.TryRead(domain, out var name, out var problem))
            await RefuseAsync(context, info, domain, problem, ct);
        else if (name.Value != domain)
            context.Response.Redirect($"/check/{name}", permanent: true);
        else if (door.TryAsk(context, name, anew: false, out var lookup, out var retryAfter))
            await WriteAsync(context, info, lookup, ct);
        else
            await SiteErrors.TooManyAsync(context, retryAfter, ct);
    }

    /// <summary>"Check again".</summary>
    public static async Task AgainAsync(HttpContext context, string domain, SiteInfo info, LookupDoor door, CancellationToken ct)
    {
        if (!DomainInput.TryRead(domain, out var name, out var problem))
            await RefuseAsync(context, info, domain, problem, ct);
        else if (!door.TryAsk(context, name, anew: true, out _, out var retryAfter))
            await SiteErrors.TooManyAsync(context, retryAfter, ct);
        else
        {
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = $"/check/{name}";
        }
    }

    private static async Task RefuseAsync(HttpContext context, SiteInfo info, string typed, string problem, CancellationToken ct)
    {
        var content = await Html.OfAsync<BadDomain, SearchModel>(new(PrintableText.Of(typed, 253), problem), ct);
        Prepare(context, StatusCodes.Status400BadRequest);
        var page = new PageModel(info, "Not a domain name", null, content) { HasSearch = false };
        await context.Response.WriteAsync(await SitePages.PageAsync(page, ct), ct);
    }

    private static async Task WriteAsync(HttpContext context, SiteInfo info, Lookup lookup, CancellationToken ct)
    {
        Prepare(context, StatusCodes.Status200OK);
        var response = context.Response;
        var runs = lookup.Done is null;
        var shell = await Html.OfAsync<CheckShell, CheckModel>(new(lookup.Domain, Gap, Gap, runs), ct);
        var pieces = (await SitePages.PageAsync(new(info, lookup.Domain.ToUnicode(), null, shell), ct)).Split(Gap);
        await response.WriteAsync(pieces[0], ct);
        if (runs)
        {
            await response.Body.FlushAsync(ct);
            await foreach (var step in lookup.StepsAsync(ct))
            {
                await response.WriteAsync(await Html.OfAsync<StepItem, Checks.Facts.GatherStep>(step, ct), ct);
                await response.Body.FlushAsync(ct);
            }

            await response.WriteAsync(pieces[1], ct);
        }

        var result = lookup.Done is { } done
            ? await Html.OfAsync<Result, LookupResult>(done, ct)
            : await Html.OfAsync<CheckFailed, string>(lookup.Domain.Value, ct);
        await response.WriteAsync(result, ct);
        await response.WriteAsync(pieces[^1], ct);
    }

    private static void Prepare(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // nginx would hold the steps back until the end
    }
}
