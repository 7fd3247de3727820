using Postseal.Server.Hosting;
using Postseal.Server.Pages;
using Postseal.Server.SenderTest.Documents;
using Postseal.Server.SenderTest.Tests;

namespace Postseal.Server.SenderTest.Pages;

/// <summary>Takes what a visitor has got from the mail system under test. A page of its own: one that loads itself anew would lose what is being written.</summary>
internal static class BouncePages
{
    private const string Field = "bounce";

    /// <summary>Answers with the form.</summary>
    public static Task AskAsync(HttpContext context, string key, SiteInfo info, TestDesk desk, CancellationToken ct) =>
        desk.Find(key) is null
            ? SiteErrors.WriteAsync(context, TestErrors.NotFound, ct)
            : WriteAsync(context, info, new(TestPages.PathOf(key), null), ct);

    /// <summary>Takes what was pasted.</summary>
    public static async Task TakeAsync(HttpContext context, string key, SiteInfo info, TestDesk desk, CancellationToken ct)
    {
        if (await Forms.ReadAsync(context, PublicLimits.BodyBytes, ct) is not { } form)
            return;

        if (desk.Find(key) is not { } test)
            await SiteErrors.WriteAsync(context, TestErrors.NotFound, ct);
        else if (desk.Take(test, form[Field].ToString()) is { Count: > 0 } found)
            await WriteAsync(context, info, new(TestPages.PathOf(key), BouncesDocument.Of(found)), ct);
        else
            await SiteErrors.WriteAsync(
                context,
                TestErrors.NoBounce with
                {
                    Next = new($"{TestPages.PathOf(key)}/bounce", "Try another text"),
                },
                ct
            );
    }

    private static async Task WriteAsync(HttpContext context, SiteInfo info, BounceModel model, CancellationToken ct) =>
        await TestPages.WriteAsync(
            context,
            new(info, "A bounce or a log", null, await Html.OfAsync<BounceView, BounceModel>(model, ct)),
            ct
        );
}
