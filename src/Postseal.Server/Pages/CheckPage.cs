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
            await WriteAsync(context, new(info, desk, lookup), clock, ct);
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
        var text = await SitePages.PageAsync(page, ct);
        PageWork.Count(context, text.Length);
        await context.Response.WriteAsync(text, ct);
    }

    private static async Task WriteAsync(HttpContext context, Shown shown, TimeProvider clock, CancellationToken ct)
    {
        Prepare(context, StatusCodes.Status200OK);
        if (shown.Lookup.Done is { } done)
            await WriteKeptAsync(context, shown, done, clock.GetUtcNow(), ct);
        else
            await WriteAsItGoesAsync(context, shown, ct);
    }

    private static async Task WriteKeptAsync(
        HttpContext context,
        Shown shown,
        LookupResult done,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var page = (await PageAsync(context, shown, done, ct)).Bytes;
        var gap = page.Span.IndexOf(ResultAge.Mark) + ResultAge.Mark.Length;
        var age = Encoding.UTF8.GetBytes(ResultAge.Words(done.Document, now));
        context.Response.ContentLength = page.Length + age.Length;
        await context.Response.Body.WriteAsync(page[..gap], ct);
        await context.Response.Body.WriteAsync(age, ct);
        await context.Response.Body.WriteAsync(page[gap..], ct);
    }

    // A page is made once, whoever reads it, and goes with its result. Who has one made pays for it: of a result that is too large to keep that is everybody who asks.
    private static Task<KeptPage> PageAsync(HttpContext context, Shown shown, LookupResult done, CancellationToken ct) =>
        shown.Lookup.PageAsync(
            async () =>
            {
                // For all who ask: whoever asked first may go away meanwhile.
                var pieces = await PiecesAsync(shown, runs: false, CancellationToken.None);
                var result = await Html.OfAsync<Result, LookupResult>(done, CancellationToken.None);
                var (before, itself, after) = (Bytes(pieces[0]), Bytes(result), Bytes(pieces[^1]));
                PageWork.Count(context, result.Length);
                return new((byte[])[.. before, .. itself, .. after], before.Length..(before.Length + itself.Length));
            },
            page => shown.Desk.KeepPage(shown.Lookup, page),
            ct
        );

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static async Task WriteAsItGoesAsync(HttpContext context, Shown shown, CancellationToken ct)
    {
        var (response, lookup) = (context.Response, shown.Lookup);
        var pieces = await PiecesAsync(shown, runs: true, ct);
        PageWork.Count(context, pieces.Sum(p => (long)p.Length));
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
        if (lookup.Done is { } done)
        {
            var page = await PageAsync(context, shown, done, ct);
            await response.Body.WriteAsync(page.Bytes[page.Result], ct);
        }
        else
            await response.WriteAsync(
                await Html.OfAsync<CheckFailed, CheckFailure>(new(lookup.Domain.Value, lookup.IsAbandoned), ct),
                ct
            );

        await response.WriteAsync(pieces[^1], ct);
    }

    // What stands before the steps, between steps and result, and after it.
    private static async Task<string[]> PiecesAsync(Shown shown, bool runs, CancellationToken ct)
    {
        var domain = shown.Lookup.Domain;
        var shell = await Html.OfAsync<CheckShell, CheckModel>(new(domain, Gap, Gap, runs), ct);
        return (await SitePages.PageAsync(new(shown.Info, domain.ToUnicode(), null, shell), ct)).Split(Gap);
    }

    private static void Prepare(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // nginx would hold the steps back until the end
    }

    private sealed record Shown(SiteInfo Info, LookupDesk Desk, Lookup Lookup);
}
