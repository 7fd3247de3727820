using System.Globalization;
using Postseal.Server.Hosting;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>What visitors are refused, and why.</summary>
internal static class TestErrors
{
    private static readonly SiteLink Back = new("/sender-test", "To the sender test");

    /// <summary>No test has this key.</summary>
    public static readonly SiteError NotFound = new(
        StatusCodes.Status404NotFound,
        "No such test",
        "It has expired, it has been deleted, or its address is not complete."
    )
    {
        Next = Back,
    };

    /// <summary>A round that cannot begin now.</summary>
    public static readonly SiteError NoSuchRound = new(
        StatusCodes.Status409Conflict,
        "That message is not the next one",
        "A test goes on one message at a time, and never back. Look at the test: it says which message is to be sent now, and how many there are."
    )
    {
        Next = Back,
    };

    /// <summary>One client looks on as often as it may.</summary>
    public static readonly SiteError TooManyWatchOfClient = TooManyWatch(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{TestLimits.WatchersPerClient} pages or programs at your address are watching tests already, and one address may have no more. Close one that you need no longer; behind a shared address it may be somebody else's."
        )
    );

    /// <summary>A test is watched by as many as may.</summary>
    public static readonly SiteError TooManyWatchTest = TooManyWatch(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{TestLimits.WatchersPerTest} pages or programs are watching this test already, and it can have no more. Close one that nobody needs."
        )
    );

    /// <summary>One client has as many as it may.</summary>
    public static readonly SiteError TooManyOfClient = new(
        StatusCodes.Status429TooManyRequests,
        "Too many tests of yours",
        string.Create(
            CultureInfo.InvariantCulture,
            $"From your network address {TestLimits.LivePerClient} tests are open, and one address may have no more. Delete one of them on its page, or come back when the oldest has expired."
        )
    )
    {
        Next = Back,
    };

    /// <summary>The network around a client has as many as it may.</summary>
    public static readonly SiteError TooManyOfNetwork = new(
        StatusCodes.Status429TooManyRequests,
        "Too many tests of your network",
        string.Create(
            CultureInfo.InvariantCulture,
            $"From the network around your address {TestLimits.LivePerNetwork} tests are open, and one network may have no more. Delete one that is yours on its page, or open a test from another network."
        )
    )
    {
        Next = Back,
    };

    /// <summary>All together have as many as there can be.</summary>
    public static readonly SiteError TooMany = new(
        StatusCodes.Status429TooManyRequests,
        "No room for another test",
        string.Create(
            CultureInfo.InvariantCulture,
            $"{TestLimits.Live} tests are open on this site, and it holds no more. Please come back later: each is deleted after {TestLimits.Life.TotalDays} days at the latest."
        )
    )
    {
        Next = Back,
    };

    /// <summary>No further round begins in a test whose verdicts are final.</summary>
    public static readonly SiteError IsOver = new(
        StatusCodes.Status409Conflict,
        "The test is over",
        string.Create(
            CultureInfo.InvariantCulture,
            $"Its verdicts are final: {TestLimits.Final.TotalHours} hours have passed since its last messages were due. Open another test to go on."
        )
    )
    {
        Next = Back,
    };

    /// <summary>No further round begins in a test whose domains are another's.</summary>
    public static readonly SiteError PlaceIsLost = new(
        StatusCodes.Status409Conflict,
        "The test cannot go on",
        "The domains that change from message to message were all in use, and this test's were given to another that had none: nothing of its sender had been seen for an hour, or your network had several tests open. What was seen stays on the page. Open another test to go on."
    )
    {
        Next = Back,
    };

    /// <summary>The store fails: its disk is full, say.</summary>
    public static readonly SiteError NotKept = new(
        StatusCodes.Status503ServiceUnavailable,
        "The test cannot be kept",
        "This site cannot write down anything at the moment, so what it would see of your sender would be lost. Its operator has been told. Please come back later: tests that are open can be read."
    )
    {
        Next = Back,
        RetryAfter = 300,
    };

    /// <summary>What somebody pasted says nothing of the test.</summary>
    public static readonly SiteError NoBounce = new(
        StatusCodes.Status422UnprocessableEntity,
        "No address of this test in it",
        "A bounce names the recipient, as one of the addresses of this test. Paste all of its text, or the lines of the log with the address in it."
    )
    {
        Next = Back,
    };

    /// <summary>A test takes from the same budget as a check.</summary>
    public static SiteError NotOpened(Refusal refusal) => SiteError.Of(refusal, "no test was opened") with { Next = Back };

    // Pages are left sooner or later.
    private static SiteError TooManyWatch(string why) =>
        new(StatusCodes.Status429TooManyRequests, "Too many watch", $"{why} The page of the test can be read all the same.")
        {
            RetryAfter = 30,
        };
}
