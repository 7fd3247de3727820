using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Postseal.Server.Pages;

namespace Postseal.Server.Hosting;

/// <summary>Writes refusals and failures: problem+json (RFC 9457) below <c>/api/</c>, a page for people elsewhere.</summary>
public static class SiteErrors
{
    /// <summary>Writes a whole response; its status counts from here.</summary>
    public static async Task WriteAsync(HttpContext context, SiteError error, CancellationToken ct)
    {
        var response = context.Response;
        response.StatusCode = error.Status;
        response.Headers.CacheControl = "no-store";
        if (error.RetryAfter is { } seconds)
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);

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
            var page = await SitePages.ErrorPageAsync(context, error, ct);
            PageWork.Count(context, page.Length);
            await response.WriteAsync(page, ct);
        }
    }

    private static bool IsApi(HttpRequest request) => request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);
}
