using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Postseal.Server.Hosting;

namespace Postseal.Server.Api;

/// <summary>Problems as RFC 9457 tells them.</summary>
internal static class Answers
{
    public static ProblemHttpResult BadDomain(string why) =>
        TypedResults.Problem(why, statusCode: StatusCodes.Status400BadRequest, title: "That is no domain name");

    /// <summary>What a page says to people, for programs.</summary>
    public static ProblemHttpResult Of(HttpContext context, SiteError error)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (error.RetryAfter is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);

        return TypedResults.Problem(error.Detail, statusCode: error.Status, title: error.Title);
    }

    public static ProblemHttpResult NotAcceptable() =>
        TypedResults.Problem(
            $"This resource comes as {string.Join(", ", CheckFormats.Types)}.",
            statusCode: StatusCodes.Status406NotAcceptable,
            title: "No such format"
        );

    public static ProblemHttpResult NothingKept() =>
        TypedResults.Problem(
            "This domain has not been checked here, or too long ago.",
            statusCode: StatusCodes.Status404NotFound,
            title: "Nothing is remembered"
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
