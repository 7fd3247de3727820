using System.ComponentModel;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Postseal.Checks.Export;
using Postseal.Checks.Json;
using Postseal.Checks.Setup;
using Postseal.Protocol;
using Postseal.Server.History;
using Postseal.Server.Hosting;
using Postseal.Server.Lookups;

namespace Postseal.Server.Api;

/// <summary>The endpoints about one domain.</summary>
internal static class CheckEndpoints
{
    private const string DomainHelp = "The domain, such as example.com; U-labels are understood.";
    private const string FreshHelp = "true: check anew although there is a result of the last minutes.";

    public static async Task<IResult> CheckAsync(
        [Description(DomainHelp)] string domain,
        [Description(FreshHelp)] bool? fresh,
        HttpContext context,
        LookupDoor door,
        SiteInfo info,
        CancellationToken ct
    )
    {
        if (!DomainName.TryParse(domain, out var name, out var error))
            return Answers.BadDomain(DomainErrorText.Of(error));

        context.Response.Headers.Vary = "Accept";
        if (CheckFormats.Choose(context.Request) is not { } format)
            return Answers.NotAcceptable();

        if (!door.TryAsk(context, name, fresh == true, out var lookup, out var refusal))
            return Answers.Of(context, SiteError.NoCheck(name.Value, refusal));

        try
        {
            return Write(context, await lookup.ResultAsync(ct), format, info.PublicUrl);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Answers.Stopping();
        }
        catch (Exception) when (!ct.IsCancellationRequested) // the desk has logged it
        {
            return Answers.Failed();
        }
    }

    public static IResult Events(
        [Description(DomainHelp)] string domain,
        [Description(FreshHelp)] bool? fresh,
        HttpContext context,
        LookupDoor door,
        CancellationToken ct
    )
    {
        if (!DomainName.TryParse(domain, out var name, out var error))
            return Answers.BadDomain(DomainErrorText.Of(error));

        if (!door.TryAsk(context, name, fresh == true, out var lookup, out var refusal))
            return Answers.Of(context, SiteError.NoCheck(name.Value, refusal));

        context.Response.Headers["X-Accel-Buffering"] = "no"; // a proxy that collects the events first makes them useless
        return TypedResults.ServerSentEvents(CheckEvents.Of(lookup, ct));
    }

    public static async Task<IResult> HistoryAsync(
        [Description(DomainHelp)] string domain,
        HttpContext context,
        HistoryStore history,
        CancellationToken ct
    )
    {
        if (!DomainName.TryParse(domain, out var name, out var error))
            return Answers.BadDomain(DomainErrorText.Of(error));

        if (await history.ReadAsync(name, ct) is not { } found)
            return Answers.NothingKept();

        PageWork.Count(context, LookupResult.WeightOf(found));
        return TypedResults.Ok(HistoryDocument.Of(name.Value, found));
    }

    public static async Task<IResult> KeptAsync(
        [Description(DomainHelp)] string domain,
        [Description(
            "A time, RFC 3339: what the last change before it showed, of changes within an hour the first and the last; without it, the last check. A document that was too large to be kept whole says what was left out."
        )]
            DateTimeOffset? at,
        HttpContext context,
        HistoryStore history,
        CancellationToken ct
    )
    {
        if (!DomainName.TryParse(domain, out var name, out var error))
            return Answers.BadDomain(DomainErrorText.Of(error));

        var document = at is { } time ? await history.AsOfAsync(name, time, ct) : await history.LatestAsync(name, ct);
        if (document is null)
            return Answers.NothingKept();

        var json = JsonSerializer.SerializeToUtf8Bytes(document, JsonContext.Default.CheckDocument);
        PageWork.Count(context, json.Length);
        return TypedResults.Text(json, $"{CheckFormats.Json}; charset=utf-8");
    }

    private static IResult Write(HttpContext context, LookupResult result, CheckFormat format, Uri? site) =>
        format switch
        {
            CheckFormat.Sarif => Made(context, SarifReport.Of([result.Document], site), CheckFormats.Sarif),
            CheckFormat.JUnit => Made(context, JUnitReport.Of([result.Document]), CheckFormats.JUnit),
            _ => TypedResults.Text(result.Json.Span, $"{CheckFormats.Json}; charset=utf-8"),
        };

    // What few ask for is made anew each time, as work of who asks.
    private static ContentHttpResult Made(HttpContext context, string text, string type)
    {
        PageWork.Count(context, text.Length);
        return TypedResults.Text(text, type, Encoding.UTF8);
    }
}
