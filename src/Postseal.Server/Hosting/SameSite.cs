namespace Postseal.Server.Hosting;

/// <summary>Refuses what a page of another site has a visitor's browser send: whoever can guess nothing could still have people open tests, or spend
/// what they may check in a minute. Programs that are no browsers send neither header, and are let in.</summary>
/// <param name="publicUrl">What the world calls the site, or null.</param>
internal sealed class SameSite(Uri? publicUrl)
{
    private static readonly SiteError Foreign = new(
        StatusCodes.Status403Forbidden,
        "Asked for by another site",
        "A page of another site had your browser send this, so nothing was done. If you meant it, go to this site's own page and press the button there."
    );

    /// <summary>Lets it pass, or answers with 403.</summary>
    public Task GuardAsync(HttpContext context, RequestDelegate next, CancellationToken ct) =>
        IsReading(context.Request.Method) || IsOurs(context.Request)
            ? next(context)
            : SiteErrors.WriteAsync(context, Foreign, ct);

    private static bool IsReading(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);

    // Browsers leave Sec-Fetch-Site out where there is no TLS, and old ones everywhere. A neighbour below the same domain is asked for its origin.
    private bool IsOurs(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() switch
        {
            "same-origin" or "none" => true,
            "cross-site" => false,
            _ => request.Headers.Origin is not [{ } origin, ..] || IsOurs(origin, request),
        };

    // By the name that the browser has asked for, or by the public one, where a proxy puts its own into Host. Whatever ends TLS before us may not say so:
    // the scheme counts only where the public URL has it.
    private bool IsOurs(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var from)
        && (
            from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase)
            || from.GetLeftPart(UriPartial.Authority) == publicUrl?.GetLeftPart(UriPartial.Authority)
        );
}
