using Microsoft.Playwright;
using static Postseal.SystemTests.Browser.SenderTestPage;

namespace Postseal.SystemTests.Browser;

/// <summary>The stream of events behind the page of a sender test: who holds one, who is refused one, and one on which nothing comes.</summary>
[Collection(nameof(InBrowser))]
public sealed class LivePageTests(Chromium chromium)
{
    private const string Hide =
        "isHidden => { Object.defineProperty(document, 'hidden', { get: () => isHidden, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); }";

    // A proxy that takes the events and passes none on.
    private const string Silent = """
        window.sources = [];
        window.EventSource = class extends EventTarget {
          static CONNECTING = 0;
          static OPEN = 1;
          static CLOSED = 2;
          readyState = 1;
          constructor() { super(); sources.push(this); }
          close() { this.readyState = 2; }
        };
        """;

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
        await SendAsync(chromium, page, "control");
        await page.Locator("#control .word").GetByText("Pass").WaitForAsync();
        Assert.Equal("Waiting", (await hidden[0].Locator("#control .word").InnerTextAsync()).Trim());

        // Seen again, it shows what has come meanwhile and what comes from now on.
        await hidden[0].EvaluateAsync(Hide, false);
        await hidden[0].Locator("#control .word").GetByText("Pass").WaitForAsync();
        await SendAsync(chromium, page, "c0");
        await hidden[0].Locator("#C0 .word").GetByText("Not yet known").WaitForAsync();
        await EndAsync(visit);
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

    [Fact]
    public async Task A_stream_on_which_nothing_comes_is_given_up_and_asked_for_anew()
    {
        await using var visit = await chromium.VisitAsync(new());
        var page = visit.Page;
        await StopTimeAsync(page);
        await page.AddInitScriptAsync(Silent);
        await OpenAsync(page);
        var note = page.GetByText("Not live at the moment");
        await page.EvaluateAsync("sources[0].dispatchEvent(new Event('waiting'))"); // no 'changed': no page is on its way when time leaps
        await page.Clock.FastForwardAsync(50_000);
        await page.EvaluateAsync("sources[0].dispatchEvent(new Event('waiting'))"); // the server is there
        await page.Clock.FastForwardAsync(50_000);
        Assert.Equal((false, 1), (await note.IsVisibleAsync(), await page.EvaluateAsync<int>("sources.length")));

        await page.Clock.FastForwardAsync(10_000);
        await note.WaitForAsync();
        Assert.Equal(2, await page.EvaluateAsync<int>("sources[0].readyState"));
        await page.Clock.FastForwardAsync(2_000);
        Assert.Equal((true, 2), (await note.IsVisibleAsync(), await page.EvaluateAsync<int>("sources.length")));
        await page.EvaluateAsync("sources[1].dispatchEvent(new Event('open'))"); // says nothing yet: what is in between may have opened it
        Assert.True(await note.IsVisibleAsync());
        await page.EvaluateAsync("sources[1].dispatchEvent(new Event('changed'))");
        await note.WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await EndAsync(visit);
    }

    [Fact]
    public async Task A_page_that_is_refused_a_stream_says_why_and_looks_for_news_itself()
    {
        await using var visit = await chromium.VisitAsync(new());
        var page = visit.Page;
        await page.Clock.InstallAsync();
        var address = await OpenAsync(page);
        await page.GotoAsync("/sender-test"); // leaves its own place
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        var others = new List<Stream>();
        while (others.Count < 8)
        {
            using var seat = new HttpRequestMessage(
                HttpMethod.Get,
                new Uri(chromium.Address, $"/api/v1{new Uri(address).AbsolutePath}/events")
            );
            var response = await http.SendAsync(seat, Ct);
            if (response.IsSuccessStatusCode) // the page's may not be free yet
                others.Add(await response.Content.ReadAsStreamAsync(Ct));
        }

        await page.GotoAsync(address);
        var note = page.GetByText("8 pages or programs at your address are watching tests already");
        await note.WaitForAsync();
        Assert.Contains("looks for news every 10 seconds instead", await note.InnerTextAsync(), StringComparison.Ordinal);
        await SendAsync(chromium, page, "control");
        await page.Clock.FastForwardAsync(10_000);
        await page.Locator("#control .word").GetByText("Pass").WaitForAsync();
        Assert.True(await note.IsVisibleAsync());

        others.ForEach(s => s.Dispose());
        while (!await HasGoneAsync(note))
            await page.Clock.FastForwardAsync(10_000);

        await SendAsync(chromium, page, "c0");
        await page.Locator("#C0 .word").GetByText("Not yet known").WaitForAsync();
        await EndAsync(visit);
    }

    // Each look takes its time on the way to the server and back.
    private static async Task<bool> HasGoneAsync(ILocator note)
    {
        Ct.ThrowIfCancellationRequested();
        try
        {
            await note.WaitForAsync(new() { State = WaitForSelectorState.Hidden, Timeout = 500 });
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static async Task GoAsync(IPage page, string address)
    {
        var live = page.WaitForResponseAsync("**/events");
        await page.GotoAsync(address);
        await live;
    }
}
