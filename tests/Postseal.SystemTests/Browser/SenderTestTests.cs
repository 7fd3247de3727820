using System.Text.Json;
using Microsoft.Playwright;
using Postseal.Tests.Server.SenderTest.Web;
using static Postseal.SystemTests.Browser.SenderTestPage;

namespace Postseal.SystemTests.Browser;

/// <summary>The page of a sender test, live, in a real browser.</summary>
[Collection(nameof(InBrowser))]
public sealed class SenderTestTests(Chromium chromium)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cases_fill_in_while_the_visitor_looks_on_and_the_test_is_deleted(bool hasScript)
    {
        await using var visit = await chromium.VisitAsync(new() { JavaScriptEnabled = hasScript });
        var page = visit.Page;
        await OpenAsync(page);
        Assert.Equal("Waiting", (await page.Locator("#control .word").InnerTextAsync()).Trim());

        // What is unfolded stays so when news come in; without script the page is loaded anew.
        await page.Locator("#control summary").ClickAsync();
        var address = (await page.Locator("#control a[href^='mailto:']").InnerTextAsync()).Trim();
        await new CarelessSender(chromium.Lab).SendAsync("<b>mx</b>.careless.example", address, Ct);
        await page.Locator("#control .word").GetByText("Pass").WaitForAsync();
        if (hasScript) // who does not see the page hears what changed
            Assert.StartsWith("1 Pass, ", await page.Locator("p.hidden[role=status]").InnerTextAsync(), StringComparison.Ordinal);

        await page.GetByText("Sender: <b>mx</b>.careless.example [127.0.0.1].").WaitForAsync();
        Assert.Equal(hasScript, await page.Locator("#control").EvaluateAsync<bool>("d => d.open"));
        Assert.Equal(hasScript, await page.EvaluateAsync<bool>("document.activeElement.matches('#control > summary')"));
        Assert.False(await visit.ScrollsSidewaysAsync());

        await page.GetByRole(AriaRole.Link, new() { Name = "Delete this test" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes, delete it" }).ClickAsync();
        await page.GetByText("have been deleted").WaitForAsync();
        visit.AssertNoComplaint();
    }

    [Fact]
    public async Task Without_script_a_page_stays_as_it_is_for_who_wants_to_read()
    {
        await using var visit = await chromium.VisitAsync(new() { JavaScriptEnabled = false });
        var page = visit.Page;
        await OpenAsync(page);
        var address = page.Url;
        await page.GetByRole(AriaRole.Link, new() { Name = "Stop that, to read" }).ClickAsync();
        Assert.Equal($"{address}?still", page.Url);
        Assert.DoesNotContain("http-equiv=\"refresh\"", await page.ContentAsync(), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Link, new() { Name = "Show what is new" }).ClickAsync();
        Assert.Equal(address, page.Url);
        Assert.Contains("http-equiv=\"refresh\"", await page.ContentAsync(), StringComparison.Ordinal);
        await EndAsync(visit);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task On_a_phone_the_addresses_of_earlier_messages_are_a_line_each_and_the_page_stays_as_wide_as_the_screen(
        bool hasScript
    )
    {
        await using var visit = await chromium.VisitAsync(
            new()
            {
                JavaScriptEnabled = hasScript,
                ViewportSize = new() { Width = 375, Height = 844 },
            }
        );
        var page = visit.Page;
        await OpenAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on to message 2" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes, go on to message 2" }).ClickAsync();
        await page.GetByText("What to do now: message 2").WaitForAsync();
        await visit.UnfoldAsync();
        Assert.False(await visit.ScrollsSidewaysAsync());
        var earlier = page.Locator("#message-1 pre");
        var lines = (await earlier.InnerTextAsync()).Trim().Split('\n').Length;
        Assert.InRange(
            await earlier.EvaluateAsync<double>("p => p.scrollHeight / parseFloat(getComputedStyle(p).lineHeight)"),
            lines,
            lines + 4
        );
        await EndAsync(visit);
    }

    [Fact]
    public async Task Marked_text_stays_marked_while_everything_else_goes_on()
    {
        await using var visit = await chromium.VisitAsync(new());
        var page = visit.Page;
        await StopTimeAsync(page);
        await OpenAsync(page);
        var asked = 0;
        page.Request += (_, request) => asked += request.Url == page.Url ? 1 : 0;
        await MarkAsync(page, "#live pre");
        await SendAsync(chromium, page, "control");
        await page.Locator("#control .word").GetByText("Pass").WaitForAsync();
        await page.GetByText("come for 1 of").WaitForAsync();
        Assert.Contains("@control.sender.lab.test", await MarkedAsync(page), StringComparison.Ordinal);

        // What is marked and has changed is shown as soon as it is marked no more, and not asked for until then.
        await MarkAsync(page, "[data-block=progress]");
        await SendAsync(chromium, page, "c0");
        await page.Locator("#C0 .word").GetByText("Not yet known").WaitForAsync();
        Assert.Contains("come for 1 of", await MarkedAsync(page), StringComparison.Ordinal);
        await page.GetByText("come for 1 of").WaitForAsync();
        var before = asked;
        await page.Clock.FastForwardAsync(60_000);
        await page.EvaluateAsync("getSelection().removeAllRanges()");
        await page.GetByText("come for 2 of").WaitForAsync();
        Assert.InRange(asked, before, before + 1); // one for the last that the second message brought
        await EndAsync(visit);
    }

    [Fact]
    public async Task A_page_that_cannot_get_news_says_so_and_tries_again()
    {
        await using var visit = await chromium.VisitAsync(new());
        var page = visit.Page;
        var (asked, status) = (0, 502);
        await StopTimeAsync(page);
        await page.RouteAsync(
            "**/events",
            route =>
            {
                asked += route.Request.ResourceType == "eventsource" ? 1 : 0;
                return status == 0 ? route.ContinueAsync() : route.FulfillAsync(new() { Status = status, Body = "no" });
            }
        );
        var note = page.GetByText("Not live at the moment");
        var first = PlannedAsync(page);
        await OpenAsync(page);
        await note.WaitForAsync();
        await first;
        for (var (i, pause) = (2, 2000); i < 8; (i, pause) = (i + 1, Math.Min(2 * pause, 60_000)))
        {
            var planned = PlannedAsync(page);
            await page.Clock.FastForwardAsync(pause - 1000); // not yet
            Assert.Equal(i - 1, asked);
            await page.Clock.FastForwardAsync(1000);
            await planned;
            status = i == 4 ? 503 : status;
        }

        // The page itself is looked at all the same, now and then.
        await SendAsync(chromium, page, "control");
        await PassedAsync(page, "control");
        var last = PlannedAsync(page);
        await page.Clock.FastForwardAsync(60_000);
        await page.Locator("#control .word").GetByText("Pass").WaitForAsync();
        await last;
        Assert.True(await note.IsVisibleAsync());
        status = 0;
        await page.Clock.FastForwardAsync(60_000);
        await note.WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await SendAsync(chromium, page, "c0");
        await page.Locator("#C0 .word").GetByText("Not yet known").WaitForAsync();
        await DeleteAsync(page);
    }

    [Fact]
    public async Task A_page_that_is_refused_once_is_asked_for_again()
    {
        await using var visit = await chromium.VisitAsync(new());
        var page = visit.Page;
        await page.Clock.InstallAsync();
        await OpenAsync(page);
        await page.RouteAsync(page.Url, route => route.FulfillAsync(new() { Status = 503, Body = "no" }));
        await SendAsync(chromium, page, "control");
        await page.GetByText("Not live at the moment").WaitForAsync();
        await page.UnrouteAllAsync();
        await page.Clock.FastForwardAsync(60_000);
        await page.Locator("#control .word").GetByText("Pass").WaitForAsync();
        await page.GetByText("Not live at the moment").WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await DeleteAsync(page);
    }

    [Fact]
    public async Task Forms_work_where_the_browser_does_not_say_whence_it_comes()
    {
        await using var visit = await chromium.VisitAsync(new() { JavaScriptEnabled = false });
        var page = visit.Page;
        var posts = new List<IRequest>();
        page.Request += (_, request) =>
        {
            if (request.Method == "POST")
                posts.Add(request);
        };
        await page.GotoAsync($"http://{Chromium.PlainName}:{chromium.Address.Port}/sender-test");
        await page.GetByRole(AriaRole.Button, new() { Name = "Open a test" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on to message 2" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes, go on to message 2" }).ClickAsync();
        await page.GetByText("What to do now: message 2").WaitForAsync();
        Assert.DoesNotContain("#", page.Url, StringComparison.Ordinal);
        await page.GetByText("Addresses of message 1").ClickAsync();
        Assert.Contains("@c0.sender.lab.test", await page.Locator("#message-1 pre").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(3, posts.Count);
        Assert.All(
            await Task.WhenAll(posts.Select(p => p.AllHeadersAsync())),
            h => Assert.DoesNotContain("sec-fetch-site", h.Keys)
        );
        await DeleteAsync(page);
    }

    // A page without a stream plans when to try again, and only then asks why it got none.
    private static Task<IRequest> PlannedAsync(IPage page) =>
        page.WaitForRequestAsync(r => r.ResourceType == "fetch" && r.Url.EndsWith("/events", StringComparison.Ordinal));

    private static Task<JsonElement?> MarkAsync(IPage page, string what) =>
        page.EvaluateAsync("what => getSelection().selectAllChildren(document.querySelector(what))", what);

    private static Task<string> MarkedAsync(IPage page) => page.EvaluateAsync<string>("getSelection().toString()");
}
