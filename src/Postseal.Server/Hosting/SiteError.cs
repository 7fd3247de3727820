using System.Globalization;
using Postseal.Checks.Json;

namespace Postseal.Server.Hosting;

/// <summary>A refusal or a failure, as the client is told of it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">A few words.</param>
/// <param name="Detail">A sentence that says what to do.</param>
public sealed record SiteError(int Status, string Title, string Detail)
{
    /// <summary>When to come again, in seconds; null when that is not known.</summary>
    public long? RetryAfter { get; init; }

    /// <summary>Where people may go from here, beside the start page; null for nowhere.</summary>
    public SiteLink? Next { get; init; }

    /// <summary>What was found out earlier about that which was refused now; null for nothing.</summary>
    public CheckDocument? Last { get; init; }

    /// <summary>More requests of one client than it may make in a minute.</summary>
    public static SiteError TooMany(TimeSpan retryAfter)
    {
        var seconds = Whole(retryAfter);
        return new(StatusCodes.Status429TooManyRequests, "Too many requests", $"Please try again in {seconds} s.")
        {
            RetryAfter = seconds,
        };
    }

    /// <summary>More requests of one client at a time than it may make.</summary>
    public static SiteError TooManyAtATime =>
        new(
            StatusCodes.Status429TooManyRequests,
            "Too many requests at a time",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{ClientBudget.RequestsAtATime} requests from your network address have not been answered yet, and one address may have no more at a time. Close pages that you need no longer, and try again in {AtATimeWait} s."
            )
        )
        {
            RetryAfter = AtATimeWait,
        };

    // What takes long is a check that is watched: a second, or ten.
    private const int AtATimeWait = 10;

    /// <summary>A check was not begun.</summary>
    /// <param name="domain">The domain meant.</param>
    /// <param name="refusal">Why.</param>
    public static SiteError NoCheck(string domain, Refusal refusal) =>
        Of(refusal, $"{domain} was not checked") with
        {
            Next = new($"/check/{domain}", $"Try {domain} again"),
        };

    /// <summary>Something was not begun.</summary>
    /// <param name="refusal">Why.</param>
    /// <param name="consequence">What follows from it, as part of a sentence.</param>
    public static SiteError Of(Refusal refusal, string consequence)
    {
        var seconds = Whole(refusal.RetryAfter);
        var (title, why) = refusal.What switch
        {
            Scarce.ChecksOfClient => (
                "Too many checks",
                "From your network address as many checks were begun as one address may begin in a minute"
            ),
            Scarce.ChecksOfNetwork => (
                "Too many checks from your network",
                "From the network around your address as many checks were begun as one network may begin in a minute"
            ),
            Scarce.ChecksOfAll => (
                "The site is busy",
                "All visitors together have begun as many checks as this site makes in a minute"
            ),
            Scarce.AtATime => (
                "Too many checks at a time",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{ClientBudget.AtATime} checks from your network address have not ended yet, and one address may have no more at a time"
                )
            ),
            _ => ("The queue is full", "Many domains wait for their check, and no more can be taken on"),
        };
        return new(StatusCodes.Status429TooManyRequests, title, $"{why}, so {consequence}. Please try again in {seconds} s.")
        {
            RetryAfter = seconds,
        };
    }

    /// <summary>What a status means here.</summary>
    public static SiteError Of(int status) =>
        status switch
        {
            StatusCodes.Status400BadRequest => new(status, "Bad request", "The request cannot be understood."),
            StatusCodes.Status404NotFound => new(status, "Not found", "There is nothing at this address."),
            StatusCodes.Status405MethodNotAllowed => new(status, "Wrong method", "This address does not take that method."),
            StatusCodes.Status408RequestTimeout => new(status, "Too slow", "The request did not arrive in time."),
            StatusCodes.Status413PayloadTooLarge => new(
                status,
                "Too large",
                "The request has more bytes than this address takes."
            ),
            StatusCodes.Status415UnsupportedMediaType => new(
                status,
                "Wrong type",
                "This address does not take that kind of content."
            ),
            >= 500 => new(status, "Error", "Something is broken here. It has been logged; please try again later."),
            _ => new(status, "Refused", "This request is not taken."),
        };

    // Never 0: who comes back at once would be refused again.
    private static long Whole(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
}

/// <summary>A link on a page.</summary>
/// <param name="Path">Where it leads.</param>
/// <param name="Text">What it says.</param>
public sealed record SiteLink(string Path, string Text);
