using System.Globalization;
using System.Text;
using Postseal.Server.Hosting;
using Postseal.Server.Pages;
using Postseal.Server.Pages.Views;
using Postseal.Server.SenderTest.Tests;

namespace Postseal.Server.SenderTest.Pages;

/// <summary>The pages of the sender test. Without script the page of a test loads itself anew every few seconds.</summary>
internal static class TestPages
{
    /// <summary>Where they begin.</summary>
    public const string Path = "/sender-test";

    // Quick enough to watch, and 6 requests of the 600 that a client has in a minute.
    private const int RefreshSeconds = 10;

    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>The page of one test.</summary>
    public static string PathOf(string key) => $"{Path}/{key}";

    /// <summary>Adds the pages.</summary>
    public static void Map(IEndpointRouteBuilder site)
    {
        site.MapMethods(Path, Reading, ShowFormAsync);
        site.MapPost(Path, OpenAsync);
        site.MapMethods($"{Path}/{{key}}", Reading, ShowAsync);
        site.MapMethods($"{Path}/{{key}}/cases/{{id}}", Reading, ShowCaseAsync);
        site.MapMethods($"{Path}/{{key}}/message.eml", Reading, MessageAsync);
        site.MapMethods($"{Path}/{{key}}/next", Reading, AskNextAsync);
        site.MapPost($"{Path}/{{key}}/next", NextAsync);
        site.MapMethods($"{Path}/{{key}}/bounce", Reading, BouncePages.AskAsync);
        site.MapPost($"{Path}/{{key}}/bounce", BouncePages.TakeAsync);
        site.MapMethods($"{Path}/{{key}}/delete", Reading, AskDeleteAsync);
        site.MapPost($"{Path}/{{key}}/delete", DeleteAsync);
    }

    private static Task ShowFormAsync(HttpContext context, SiteInfo info, TestDesk desk, CancellationToken ct) =>
        WriteFormAsync(context, info, desk, isDeleted: false, ct);

    private static async Task OpenAsync(HttpContext context, TestDesk desk, ClientBudget budget, CancellationToken ct)
    {
        if (await Forms.ReadAsync(context, ct) is null)
            return;

        if (!budget.TryTake(context, out var refusal))
        {
            await SiteErrors.WriteAsync(context, TestErrors.NotOpened(refusal), ct);
            return;
        }

        var (key, error) = await desk.OpenAsync(ClientKey.Of(context.Connection.RemoteIpAddress), ct);
        if (key is null)
            await SiteErrors.WriteAsync(context, error!, ct);
        else
            SeeOther(context, PathOf(key));
    }

    private static async Task ShowAsync(
        HttpContext context,
        string key,
        SiteInfo info,
        TestDesk desk,
        Audience audience,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (desk.Find(key) is not { } test)
        {
            await SiteErrors.WriteAsync(context, TestErrors.NotFound, ct);
            return;
        }

        var isStill = context.Request.Query.ContainsKey(TestViewModel.Still);
        audience.Charge(context, test);
        var page = await audience.TextAsync(test, isStill ? "page, still" : "page", MakeAsync, ct);
        await SendAsync(context, page, ct);

        // It depends on the time only where the report does: whether the messages are due.
        async Task<string> MakeAsync(TestReport report, CancellationToken token)
        {
            var model = new TestViewModel(key, report, desk.Bench.Hint, clock.GetUtcNow()) { IsStill = isStill };
            var content = await Html.OfAsync<TestView, TestViewModel>(model, token);
            var page = new PageModel(info, "Test of a sender", null, content)
            {
                RefreshSeconds = report.Verdict.IsFinal || isStill ? null : RefreshSeconds,
            };
            var text = await SitePages.PageAsync(page, token);
            PageWork.Count(context, text.Length);
            return text;
        }
    }

    // All that was seen of one case; the page of the test has the latest lines of it.
    private static async Task ShowCaseAsync(
        HttpContext context,
        string key,
        string id,
        SiteInfo info,
        TestDesk desk,
        Audience audience,
        CancellationToken ct
    )
    {
        if (desk.Find(key) is not { } test)
        {
            await SiteErrors.WriteAsync(context, TestErrors.NotFound, ct);
            return;
        }

        var report = await audience.ReportAsync(test, context, ct);
        if (report.Cases.FirstOrDefault(c => c.Case.Id.Equals(id, StringComparison.OrdinalIgnoreCase)) is not { } one)
        {
            await SiteErrors.WriteAsync(
                context,
                SiteError.Of(StatusCodes.Status404NotFound) with
                {
                    Next = new(PathOf(key), "To the test"),
                },
                ct
            );
            return;
        }

        var content = await Html.OfAsync<CaseSeen, CaseSeenModel>(new(key, one), ct);
        await WriteAsync(context, new PageModel(info, $"All that was seen of {one.Case.Id}", null, content), ct);
    }

    private static async Task MessageAsync(
        HttpContext context,
        string key,
        TestDesk desk,
        Audience audience,
        CancellationToken ct
    )
    {
        if (desk.Find(key) is not { } test)
        {
            await SiteErrors.WriteAsync(context, TestErrors.NotFound, ct);
            return;
        }

        context.Response.ContentType = "message/rfc822";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"sender-test.eml\"";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync(ReplyMessage.Of(await audience.ReportAsync(test, context, ct)), Encoding.ASCII, ct);
    }

    private static async Task AskNextAsync(
        HttpContext context,
        string key,
        SiteInfo info,
        TestDesk desk,
        Audience audience,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (desk.Find(key) is not { } test)
        {
            await SiteErrors.WriteAsync(context, TestErrors.NotFound, ct);
            return;
        }

        // Whoever comes back to the question of a message that has begun is not asked for the one after it.
        var model = await ModelAsync(context, key, test, desk, audience, clock, ct);
        if (model.IsEarly && context.Request.Query["round"] == Text(model.Report.Round + 1))
            await WriteAsync(context, info, ConfirmModel.Next(model), ct);
        else
            SeeOther(context, PathOf(key)); // there the button asks no more
    }

    private static async Task NextAsync(
        HttpContext context,
        string key,
        TestDesk desk,
        Audience audience,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (await Forms.ReadAsync(context, ct) is not { } form)
            return;

        if (desk.Find(key) is not { } test)
            await SiteErrors.WriteAsync(context, TestErrors.NotFound, ct);
        else if (!int.TryParse(form["round"], NumberStyles.None, CultureInfo.InvariantCulture, out var round))
            await SiteErrors.WriteAsync(context, SiteError.Of(StatusCodes.Status400BadRequest), ct);
        else if (
            round == test.Round + 1
            && form[ConfirmModel.Sure] != ConfirmModel.Yes
            && (await ModelAsync(context, key, test, desk, audience, clock, ct)).IsEarly
        )
            SeeOther(context, $"{PathOf(key)}/next?round={Text(round)}");
        else if (await desk.TurnAsync(test, round, ct) is { } error)
            await SiteErrors.WriteAsync(context, error with { Next = new(PathOf(key), "To the test") }, ct);
        else
            SeeOther(context, PathOf(key)); // no fragment: each reading without script would lead back to it
    }

    private static Task AskDeleteAsync(HttpContext context, string key, SiteInfo info, TestDesk desk, CancellationToken ct) =>
        desk.Find(key) is null
            ? SiteErrors.WriteAsync(context, TestErrors.NotFound, ct)
            : WriteAsync(context, info, ConfirmModel.Delete(key), ct);

    // Answered at once: an address that says "deleted" would say so to anybody.
    private static async Task DeleteAsync(HttpContext context, string key, SiteInfo info, TestDesk desk, CancellationToken ct)
    {
        if (await Forms.ReadAsync(context, ct) is null)
            return;

        if (desk.Find(key) is not { } test)
        {
            await SiteErrors.WriteAsync(context, TestErrors.NotFound, ct);
            return;
        }

        await desk.DeleteAsync(test, ct);
        await WriteFormAsync(context, info, desk, isDeleted: true, ct);
    }

    private static async Task<TestViewModel> ModelAsync(
        HttpContext context,
        string key,
        LiveTest test,
        TestDesk desk,
        Audience audience,
        TimeProvider clock,
        CancellationToken ct
    ) => new(key, await audience.ReportAsync(test, context, ct), desk.Bench.Hint, clock.GetUtcNow());

    private static string Text(int round) => round.ToString(CultureInfo.InvariantCulture);

    private static void SeeOther(HttpContext context, string path)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = path;
        context.Response.Headers.CacheControl = "no-store";
    }

    private static async Task WriteFormAsync(
        HttpContext context,
        SiteInfo info,
        TestDesk desk,
        bool isDeleted,
        CancellationToken ct
    )
    {
        var (cases, _) = desk.Bench.CasesOf(0);
        var model = new OpenTestModel(cases, desk.Bench.NotOffered, isDeleted);
        var page = new PageModel(info, "Test a sender", Path, await Html.OfAsync<OpenTest, OpenTestModel>(model, ct))
        {
            Description =
                "Tests whether a mail sender honours MTA-STS and DANE: addresses whose domains are broken in one way each.",
        };
        await WriteAsync(context, page, ct);
    }

    private static async Task WriteAsync(HttpContext context, SiteInfo info, ConfirmModel model, CancellationToken ct) =>
        await WriteAsync(context, new(info, model.Title, null, await Html.OfAsync<ConfirmView, ConfirmModel>(model, ct)), ct);

    /// <summary>Answers with a page that nobody keeps.</summary>
    public static async Task WriteAsync(HttpContext context, PageModel page, CancellationToken ct)
    {
        var text = await SitePages.PageAsync(page, ct);
        PageWork.Count(context, text.Length);
        await SendAsync(context, text, ct);
    }

    private static async Task SendAsync(HttpContext context, string page, CancellationToken ct)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store"; // the address of a test is a secret
        await context.Response.WriteAsync(page, ct);
    }
}
