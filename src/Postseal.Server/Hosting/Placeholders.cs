using System.Globalization;

namespace Postseal.Server.Hosting;

// Stands in until the host is merged; then this file goes.

/// <summary>What the site knows about itself, for pages and API.</summary>
public sealed record SiteInfo(string Name, Uri? PublicUrl, IReadOnlyList<Configuration.ExampleDomain> Examples);

/// <summary>What each client may still do.</summary>
public sealed class ClientBudget
{
    /// <summary>Takes one check.</summary>
    public bool TryTake(HttpContext context, out TimeSpan retryAfter)
    {
        retryAfter = context.Request.Headers.ContainsKey("X-No-Budget") ? TimeSpan.FromSeconds(30) : TimeSpan.Zero;
        return retryAfter == TimeSpan.Zero;
    }
}

/// <summary>A refusal or a failure, as the client is told of it.</summary>
public sealed record SiteError(int Status, string Title, string Detail)
{
    /// <summary>What a status means here.</summary>
    public static SiteError Of(int status) => new(status, "Not found", "There is nothing at this address.");
}

/// <summary>Writes refusals and failures.</summary>
public static class SiteErrors
{
    /// <summary>429, with the time to wait in <c>Retry-After</c>.</summary>
    public static Task TooManyAsync(HttpContext context, TimeSpan retryAfter, CancellationToken ct)
    {
        var seconds = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return WriteAsync(context, new(429, "Too many requests", $"Please try again in {seconds} s."), ct);
    }

    /// <summary>Writes a whole response.</summary>
    public static async Task WriteAsync(HttpContext context, SiteError error, CancellationToken ct)
    {
        context.Response.StatusCode = error.Status;
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(await Pages.SitePages.ErrorPageAsync(context, error, ct), ct);
    }
}
