using Microsoft.Extensions.Primitives;
using Postseal.Protocol;

namespace Postseal.Server.Hosting;

/// <summary>Refuses what a page of another site has a visitor's browser send: whoever can guess nothing could still have people open tests, or spend
/// what they may check in a minute. Reading is refused where it is part of that page: a picture, a script, a frame, a request of its script, a page fetched in
/// advance. Who follows a link from there comes as a person, and is let in. So are programs that are no browsers, and old browsers: they send none of these headers.</summary>
/// <param name="publicUrl">What the world calls the site, or null.</param>
internal sealed class SameSite(Uri? publicUrl)
{
    private const string CrossSite = "cross-site";
    private const int MaxName = 200; // of an origin or a host, of which the longest name has 253

    /// <summary>Lets it pass, or answers with 403.</summary>
    public Task GuardAsync(HttpContext context, RequestDelegate next, CancellationToken ct) =>
        (
            IsReading(context.Request.Method)
                ? IsLink(context.Request) || IsOurs(context.Request, ofReading: true)
                : IsOurs(context.Request, ofReading: false)
        )
            ? next(context)
            : SiteErrors.WriteAsync(context, Foreign(context.Request), ct);

    private static bool IsReading(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);

    // Browsers leave Sec-Fetch-Site out where there is no TLS, and old ones everywhere; who asks for another site's script's sake tells its origin even so. A neighbour below
    // the same domain is asked for its origin; of a picture or a script it tells none, and where it is our own page that asks it says "same-origin".
    private bool IsOurs(HttpRequest request, bool ofReading) =>
        Relation(request) switch
        {
            "same-origin" or "none" => true,
            CrossSite => false,
            "" => !IsForeign(request.Headers.Origin, request),
            _ => request.Headers.Origin is [{ } origin, ..] ? IsOurs(origin, request) : !ofReading,
        };

    private bool IsForeign(StringValues origins, HttpRequest request) => origins is [{ } origin, ..] && !IsOurs(origin, request);

    // The whole window goes there (Fetch Metadata, modes and destinations of Fetch), which tells no origin. What is fetched in advance nobody has asked for yet; who
    // follows that link comes again.
    private bool IsLink(HttpRequest request) =>
        (
            Header(request, "Sec-Fetch-Mode") is "navigate"
            || Header(request, "Sec-Fetch-Mode") is "" && !IsForeign(request.Headers.Origin, request)
        )
        && Header(request, "Sec-Fetch-Dest") is "" or "document"
        && !Header(request, "Sec-Purpose").Contains("prefetch", StringComparison.OrdinalIgnoreCase)
        && !Header(request, "Purpose").Contains("prefetch", StringComparison.OrdinalIgnoreCase);

    // By the name that the browser has asked for, or by the public one, where a proxy puts its own into Host. Whatever ends TLS before us may not say so:
    // the scheme counts only where the public URL has it. The port that a scheme has by itself may stand there or not.
    private bool IsOurs(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var from)
        && (
            Uri.TryCreate($"{from.Scheme}://{request.Host.Value}", UriKind.Absolute, out var asked)
                && from.Authority == asked.Authority
            || from.GetLeftPart(UriPartial.Authority) == publicUrl?.GetLeftPart(UriPartial.Authority)
        );

    // A browser that says "cross-site" compares what it sees itself, whatever a proxy does. Otherwise it may be the operator's to put right.
    private SiteError Foreign(HttpRequest request) =>
        new(
            StatusCodes.Status403Forbidden,
            "Asked for by another site",
            $"A page of another site had your browser send this, so nothing was done. If you meant it, go to this site's own page and ask there.{(Relation(request) == CrossSite ? "" : Compared(request))}"
        );

    private string Compared(HttpRequest request)
    {
        var names = $"Host: {PrintableText.Of(request.Host.Value ?? "", MaxName)}";
        if (publicUrl is not null)
            names = $"{publicUrl.GetLeftPart(UriPartial.Authority)} (public-url) and {names}";

        return $" If you did, its operator has to know: your browser says that it comes from {PrintableText.Of(request.Headers.Origin.ToString(), MaxName)}, and this server goes by {names}. Where that is the same site, set public-url in server.toml to its address, or have the proxy pass on Host as the browser sent it, with its port (nginx: proxy_set_header Host $http_host).";
    }

    private static string Relation(HttpRequest request) => Header(request, "Sec-Fetch-Site");

    private static string Header(HttpRequest request, string name) => request.Headers[name].ToString();
}
