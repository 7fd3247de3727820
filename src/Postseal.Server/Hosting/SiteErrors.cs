using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Postseal.Server.Pages;

namespace Postseal.Server.Hosting;

/// <summary>Writes refusals and failures: problem+json (RFC 9457) below <c>/api/</c>, a page for people elsewhere.</summary>
public static class SiteErrors
{
    /// <summary>429, with the time to wait in <c>Retry-After</c>.</summary>
    public static Task TooManyAsync(HttpContext context, TimeSpan retryAfter, CancellationToken ct) =>
        WriteAsync(context, SiteError.TooMany(Wait(context.Response, retryAfter)), ct);

    /// <summary>429 for a check that could not be started.</summary>
    public static Task NoCheckAsync(HttpContext context, string domain, bool isFull, TimeSpan retryAfter, CancellationToken ct) =>
        WriteAsync(context, SiteError.NoCheck(domain, isFull, Wait(context.Response, retryAfter)), ct);

    /// <summary>Writes a whole response; its status counts from here.</summary>
    public static async Task WriteAsync(HttpContext context, SiteError error, CancellationToken ct)
    {
        var response = context.Response;
        response.StatusCode = error.Status;
        response.Headers.CacheControl = "no-store";
        if (IsApi(context.Request))
        {
            var problem = new ProblemDetails
            {
                Status = error.Status,
                Title = error.Title,
                Detail = error.Detail,
            };
            await response.WriteAsJsonAsync(problem, options: null, "application/problem+json", ct);
        }
        else
        {
            response.ContentType = "text/html; charset=utf-8";
            await response.WriteAsync(await SitePages.ErrorPageAsync(context, error, ct), ct);
        }
    }

    // Whole seconds, never 0: who comes back at once would be refused again.
    private static long Wait(HttpResponse response, TimeSpan retryAfter)
    {
        var seconds = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds));
        response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return seconds;
    }

    private static bool IsApi(HttpRequest request) => request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);
}
