using System.ComponentModel;
using System.Text;
using System.Text.Json;
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
            return Write(await lookup.ResultAsync(ct), format, info.PublicUrl);
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
        HistoryStore history,
        CancellationToken ct
    )
    {
        if (!DomainName.TryParse(domain, out var name, out var error))
            return Answers.BadDomain(DomainErrorText.Of(error));

        return await history.ReadAsync(name, ct) is { } found
            ? TypedResults.Ok(HistoryDocument.Of(name.Value, found))
            : Answers.NothingKept();
    }

    public static async Task<IResult> KeptAsync(
        [Description(DomainHelp)] string domain,
        [Description(
            "A time, RFC 3339: what the last change before it showed, of changes within an hour the first and the last; without it, the last check. A document that was too large to be kept whole says what was left out."
        )]
            DateTimeOffset? at,
        HistoryStore history,
        CancellationToken ct
    )
    {
        if (!DomainName.TryParse(domain, out var name, out var error))
            return Answers.BadDomain(DomainErrorText.Of(error));

        var document = at is { } time ? await history.AsOfAsync(name, time, ct) : await history.LatestAsync(name, ct);
        return document is null
            ? Answers.NothingKept()
            : TypedResults.Text(
                JsonSerializer.SerializeToUtf8Bytes(document, JsonContext.Default.CheckDocument),
                $"{CheckFormats.Json}; charset=utf-8"
            );
    }

    private static IResult Write(LookupResult result, CheckFormat format, Uri? site) =>
        format switch
        {
            CheckFormat.Sarif => TypedResults.Text(SarifReport.Of([result.Document], site), CheckFormats.Sarif, Encoding.UTF8),
            CheckFormat.JUnit => TypedResults.Text(JUnitReport.Of([result.Document]), CheckFormats.JUnit, Encoding.UTF8),
            _ => TypedResults.Text(result.Json.Span, $"{CheckFormats.Json}; charset=utf-8"),
        };
}
