using Microsoft.Playwright;
using Postseal.Tests.Server.SenderTest.Web;

namespace Postseal.SystemTests.Browser;

/// <summary>The stream of events behind the page of a sender test: who holds one, who is refused one, and one on which nothing comes.</summary>
[Collection(nameof(InBrowser))]
public sealed class LivePageTests(Chromium chromium)
{
    private const string Hide =
        "isHidden => { Object.defineProperty(document, 'hidden', { get: () => isHidden, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); }";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_that_nobody_sees_leave_the_connections_to_those_that_are_seen()
    {
        await using var visit = await chromium.VisitAsync(new());
        var page = visit.Page;
        var address = await OpenAsync(page);
        var hidden = new List<IPage>();
        for (var i = 0; i < 6; i++) // as many as a browser has connections for a site, over HTTP/1.1
        {
            hidden.Add(await page.Context.NewPageAsync());
            await GoAsync(hidden[^1], address);
            await hidden[^1].EvaluateAsync(Hide, true);
        }

        await GoAsync(page, address);
        await SendAsync(page, "control");
        await page.Locator("#control .word").GetByText("Pass").WaitForAsync();
        Assert.Equal("Waiting", (await hidden[0].Locator("#control .word").InnerTextAsync()).Trim());

        // Seen again, it shows what has come meanwhile and what comes from now on.
        await hidden[0].EvaluateAsync(Hide, false);
        await hidden[0].Locator("#control .word").GetByText("Pass").WaitForAsync();
        await SendAsync(page, "c0");
        await hidden[0].Locator("#C0 .word").GetByText("Not yet known").WaitForAsync();
        await DeleteAsync(page);
        visit.AssertNoComplaint();
    }

    [Fact]
    public async Task A_page_that_never_comes_holds_its_connection_for_a_while_only()
    {
        await using var visit = await chromium.VisitAsync(new());
        var page = visit.Page;
        await page.AddInitScriptAsync("AbortSignal.timeout = () => AbortSignal.abort();");
        await OpenAsync(page);
        await page.GetByText("Not live at the moment").WaitForAsync();
        await DeleteAsync(page);
    }

    private static async Task GoAsync(IPage page, string address)
    {
        var live = page.WaitForResponseAsync("**/events");
        await page.GotoAsync(address);
        await live;
    }

    private static async Task<string> OpenAsync(IPage page)
    {
        await page.GotoAsync("/sender-test");
        await page.GetByRole(AriaRole.Button, new() { Name = "Open a test" }).ClickAsync();
        await page.GetByText("Waiting for the first message.").WaitForAsync();
        return page.Url;
    }

    private async Task SendAsync(IPage page, string id)
    {
        var address = await page.Locator($"details.case a[href*='@{id}.']").First.GetAttributeAsync("href");
        await new CarelessSender(chromium.Lab).SendAsync("mx.careless.example", address!["mailto:".Length..], Ct);
    }

    // The next test must find no other with the same sender.
    private static Task<IAPIResponse> DeleteAsync(IPage page) =>
        page.APIRequest.DeleteAsync($"/api/v1{new Uri(page.Url).AbsolutePath}");
}
