using System.ComponentModel;
using System.Text;
using Postseal.Server.Api;
using Postseal.Server.Hosting;
using Postseal.Server.SenderTest.Documents;
using Postseal.Server.SenderTest.Pages;
using Postseal.Server.SenderTest.Tests;

namespace Postseal.Server.SenderTest.Api;

/// <summary>Tests of senders for programs.</summary>
internal static class TestEndpoints
{
    private const string KeyHelp = "The key that opening a test gave.";

    public static async Task<IResult> OpenAsync(
        HttpContext context,
        TestDesk desk,
        ClientBudget budget,
        SiteInfo info,
        CancellationToken ct
    )
    {
        if (!budget.TryTake(context, out var refusal))
            return Answers.Of(context, TestErrors.NotOpened(refusal));

        var (key, error) = await desk.OpenAsync(ClientKey.Of(context.Connection.RemoteIpAddress), ct);
        if (key is null)
            return Answers.Of(context, error!);

        context.Response.Headers.CacheControl = "no-store";
        var document = TestDocument.Of(await desk.ReportAsync(desk.Find(key)!, ct));
        return TypedResults.Created(
            $"/api/v1/sender-test/{key}",
            new OpenedTest(key, info.Link(context.Request, TestPages.PathOf(key)), document)
        );
    }

    public static async Task<IResult> ReadAsync(
        [Description(KeyHelp)] string key,
        HttpContext context,
        TestDesk desk,
        Audience audience,
        CancellationToken ct
    )
    {
        if (desk.Find(key) is not { } test)
            return Answers.Of(context, TestErrors.NotFound);

        context.Response.Headers.CacheControl = "no-store";
        var report = await audience.ReportAsync(test, context, ct);
        PageWork.CountReading(context, report.Verdict.Cases.Sum(c => c.Evidence.Count)); // each is a line of the document
        return TypedResults.Ok(TestDocument.Of(report));
    }

    public static IResult Events(
        [Description(KeyHelp)] string key,
        HttpContext context,
        TestDesk desk,
        Audience audience,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (desk.Find(key) is not { } test)
            return Answers.Of(context, TestErrors.NotFound);
        if (!audience.TryJoin(ClientKey.Of(context.Connection.RemoteIpAddress), test, out var seat, out var error))
            return Answers.Of(context, error);

        context.Response.RegisterForDispose(seat);

        context.Response.Headers["X-Accel-Buffering"] = "no"; // a proxy that collects the events first makes them useless
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.ServerSentEvents(TestEvents.Of(desk, audience, key, test, clock, ct));
    }

    public static async Task<IResult> NextAsync(
        [Description(KeyHelp)] string key,
        [Description("The round to begin: the one after the present one. Asked for twice, it begins once; any other is refused.")]
            int round,
        HttpContext context,
        TestDesk desk,
        CancellationToken ct
    )
    {
        if (desk.Find(key) is not { } test)
            return Answers.Of(context, TestErrors.NotFound);
        if (round <= 0)
            return Answers.Of(context, SiteError.Of(StatusCodes.Status400BadRequest));
        if (await desk.TurnAsync(test, round, ct) is { } error)
            return Answers.Of(context, error);

        context.Response.Headers.CacheControl = "no-store";
        PageWork.CountReading(context, test.Kept);
        return TypedResults.Ok(TestDocument.Of(await desk.ReportAsync(test, ct)));
    }

    public static async Task<IResult> BouncesAsync(
        [Description(KeyHelp)] string key,
        HttpContext context,
        TestDesk desk,
        CancellationToken ct
    )
    {
        if (desk.Find(key) is not { } test)
            return Answers.Of(context, TestErrors.NotFound);

        var body = await Bodies.ReadAsync(context.Request, ct);
        return desk.Take(test, Encoding.UTF8.GetString(body.Span)) is { Count: > 0 } found
            ? TypedResults.Ok(BouncesDocument.Of(found))
            : Answers.Of(context, TestErrors.NoBounce);
    }

    public static async Task<IResult> DeleteAsync(
        [Description(KeyHelp)] string key,
        HttpContext context,
        TestDesk desk,
        CancellationToken ct
    )
    {
        if (desk.Find(key) is not { } test)
            return Answers.Of(context, TestErrors.NotFound);

        await desk.DeleteAsync(test, ct);
        return TypedResults.NoContent();
    }
}
