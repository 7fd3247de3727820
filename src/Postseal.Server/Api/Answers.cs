using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Postseal.Server.Api;

/// <summary>Problems as RFC 9457 tells them.</summary>
internal static class Answers
{
    public static ProblemHttpResult BadDomain(string why) =>
        TypedResults.Problem(why, statusCode: StatusCodes.Status400BadRequest, title: "That is no domain name");

    public static ProblemHttpResult Busy(HttpContext context, TimeSpan retryAfter)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return TypedResults.Problem(
            $"Too many checks at the moment; ask again in {seconds} s. A recent result is given without limit.",
            statusCode: StatusCodes.Status429TooManyRequests,
            title: "Too many checks"
        );
    }

    public static ProblemHttpResult NotAcceptable() =>
        TypedResults.Problem(
            $"This resource comes as {string.Join(", ", CheckFormats.Types)}.",
            statusCode: StatusCodes.Status406NotAcceptable,
            title: "No such format"
        );

    public static ProblemHttpResult Failed() =>
        TypedResults.Problem(
            "The check ended by an error of this program, which has been logged.",
            statusCode: StatusCodes.Status500InternalServerError,
            title: "The check failed"
        );

    public static ProblemHttpResult Stopping() =>
        TypedResults.Problem(
            "The server is about to stop.",
            statusCode: StatusCodes.Status503ServiceUnavailable,
            title: "Stopping"
        );
}
