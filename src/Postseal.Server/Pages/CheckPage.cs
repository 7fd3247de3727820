using System.Runtime.CompilerServices;
using System.Text;
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

    // Larger ones are made anew each time: they are rare, and as many as there are results would take more memory than these pages are worth.
    private const int MaxKeptBytes = 64 * 1024;

    // A page of a result that somebody asked for again is made once; it goes with its result.
    private static readonly ConditionalWeakTable<Lookup, byte[]> KeptPages = [];

    /// <summary>The form: to the permanent link of the domain meant.</summary>
    public static Task FindAsync(HttpContext context, string? domain, SiteInfo info, CancellationToken ct)
    {
        if (!DomainInput.TryRead(domain, out var name, out var problem))
            return RefuseAsync(context, info, domain ?? "", problem, ct);

        Lead(context.Response, name, StatusCodes.Status302Found);
        return Task.CompletedTask;
    }

    /// <summary>The check that is kept, that runs, or that is started now.</summary>
    public static async Task ShowAsync(
        HttpContext context,
        string domain,
        SiteInfo info,
        LookupDoor door,
        LookupDesk desk,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (!DomainInput.TryRead(domain, out var name, out var problem))
            await RefuseAsync(context, info, domain, problem, ct);
        else if (name.Value != domain)
            Lead(context.Response, name, StatusCodes.Status301MovedPermanently);
        else if (door.TryAsk(context, name, anew: false, out var lookup, out var refusal))
            await WriteAsync(context, info, lookup, clock, ct);
        else
            await RefuseAsync(context, name, refusal, desk, ct);
    }

    /// <summary>"Check again".</summary>
    public static async Task AgainAsync(
        HttpContext context,
        string domain,
        SiteInfo info,
        LookupDoor door,
        LookupDesk desk,
        CancellationToken ct
    )
    {
        if (await Forms.ReadAsync(context, ct) is null)
            return;

        if (!DomainInput.TryRead(domain, out var name, out var problem))
            await RefuseAsync(context, info, domain, problem, ct);
        else if (!door.TryAsk(context, name, anew: true, out _, out var refusal))
            await RefuseAsync(context, name, refusal, desk, ct);
        else
            Lead(context.Response, name, StatusCodes.Status303SeeOther);
    }

    private static void Lead(HttpResponse response, DomainName name, int status)
    {
        response.StatusCode = status;
        response.Headers.Location = $"/check/{name}";
        response.Headers.CacheControl = "no-store"; // a browser keeps a 301 for good, and with it what was typed
    }

    // What is remembered of the domain is better than nothing, where its age stands beside it.
    private static async Task RefuseAsync(
        HttpContext context,
        DomainName name,
        Refusal refusal,
        LookupDesk desk,
        CancellationToken ct
    ) =>
        await SiteErrors.WriteAsync(
            context,
            SiteError.NoCheck(name.Value, refusal) with
            {
                Last = await desk.LatestAsync(name, ct),
            },
            ct
        );

    private static async Task RefuseAsync(HttpContext context, SiteInfo info, string typed, string problem, CancellationToken ct)
    {
        var content = await Html.OfAsync<BadDomain, SearchModel>(new(PrintableText.Of(typed, 253), problem), ct);
        Prepare(context, StatusCodes.Status400BadRequest);
        var page = new PageModel(info, "Not a domain name", null, content) { HasSearch = false };
        await context.Response.WriteAsync(await SitePages.PageAsync(page, ct), ct);
    }

    private static async Task WriteAsync(
        HttpContext context,
        SiteInfo info,
        Lookup lookup,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        Prepare(context, StatusCodes.Status200OK);
        if (lookup.Done is { } done)
            await WriteKeptAsync(context.Response, info, lookup, done, clock.GetUtcNow(), ct);
        else
            await WriteAsItGoesAsync(context.Response, info, lookup, ct);
    }

    private static async Task WriteKeptAsync(
        HttpResponse response,
        SiteInfo info,
        Lookup lookup,
        LookupResult done,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        if (!KeptPages.TryGetValue(lookup, out var page))
        {
            var pieces = await PiecesAsync(info, lookup, runs: false, ct);
            var result = await Html.OfAsync<Result, LookupResult>(done, ct);
            page = Encoding.UTF8.GetBytes(pieces[0] + result + pieces[^1]);
            if (page.Length <= MaxKeptBytes)
                KeptPages.AddOrUpdate(lookup, page);
        }

        var gap = page.AsSpan().IndexOf(ResultAge.Mark) + ResultAge.Mark.Length;
        var age = Encoding.UTF8.GetBytes(ResultAge.Words(done.Document, now));
        response.ContentLength = page.Length + age.Length;
        await response.Body.WriteAsync(page.AsMemory(0, gap), ct);
        await response.Body.WriteAsync(age, ct);
        await response.Body.WriteAsync(page.AsMemory(gap), ct);
    }

    private static async Task WriteAsItGoesAsync(HttpResponse response, SiteInfo info, Lookup lookup, CancellationToken ct)
    {
        var pieces = await PiecesAsync(info, lookup, runs: true, ct);
        await response.WriteAsync(pieces[0], ct);
        await response.Body.FlushAsync(ct);
        await foreach (var step in lookup.StepsAsync(ct))
        {
            // A comment keeps the connection from being taken for dead.
            await response.WriteAsync(
                step is null ? "<!-- -->" : await Html.OfAsync<StepItem, Checks.Facts.GatherStep>(step, ct),
                ct
            );
            await response.Body.FlushAsync(ct);
        }

        await response.WriteAsync(pieces[1], ct);
        var result = lookup.Done is { } done
            ? await Html.OfAsync<Result, LookupResult>(done, ct)
            : await Html.OfAsync<CheckFailed, CheckFailure>(new(lookup.Domain.Value, lookup.IsAbandoned), ct);
        await response.WriteAsync(result, ct);
        await response.WriteAsync(pieces[^1], ct);
    }

    // What stands before the steps, between steps and result, and after it.
    private static async Task<string[]> PiecesAsync(SiteInfo info, Lookup lookup, bool runs, CancellationToken ct)
    {
        var shell = await Html.OfAsync<CheckShell, CheckModel>(new(lookup.Domain, Gap, Gap, runs), ct);
        return (await SitePages.PageAsync(new(info, lookup.Domain.ToUnicode(), null, shell), ct)).Split(Gap);
    }

    private static void Prepare(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // nginx would hold the steps back until the end
    }
}
