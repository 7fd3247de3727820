namespace Postseal.Server.Hosting;

/// <summary>A refusal or a failure, as the client is told of it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">A few words.</param>
/// <param name="Detail">A sentence that says what to do.</param>
public sealed record SiteError(int Status, string Title, string Detail)
{
    /// <summary>The domain whose check was refused; null where it was something else.</summary>
    public string? Domain { get; init; }

    /// <summary>Too much was asked for; the response says when to come again.</summary>
    public static SiteError TooMany(long seconds) =>
        new(StatusCodes.Status429TooManyRequests, "Too many requests", $"Please try again in {seconds} s.");

    /// <summary>A check could not be started.</summary>
    /// <param name="domain">The domain meant.</param>
    /// <param name="isFull">The site has as many checks waiting as it takes; otherwise this client has asked for too many.</param>
    /// <param name="seconds">When to try again.</param>
    public static SiteError NoCheck(string domain, bool isFull, long seconds) =>
        new(
            StatusCodes.Status429TooManyRequests,
            isFull ? "The queue is full" : "Too many checks",
            isFull
                ? $"Many domains wait for their check, and no more can be taken on, so {domain} was not checked. Please try again in {seconds} s."
                : $"Too many checks were asked for from your network address, or on this site, so {domain} was not checked. Please try again in {seconds} s."
        )
        {
            Domain = domain,
        };

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
}
