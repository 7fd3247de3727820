using Postseal.Server.Hosting;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>What visitors are refused, and why.</summary>
internal static class TestErrors
{
    public static readonly SiteError NotFound = new(
        StatusCodes.Status404NotFound,
        "No such test",
        "It has expired, it has been deleted, or its address is not complete."
    );

    public static readonly SiteError TooMany = new(
        StatusCodes.Status429TooManyRequests,
        "Too many tests",
        "Too many tests are open. Delete one of yours, or come back later."
    );
}
