using Microsoft.Playwright;
using Postseal.Tests.Server.SenderTest.Web;

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
        await page.GotoAsync("/sender-test");
        await page.GetByRole(AriaRole.Button, new() { Name = "Open a test" }).ClickAsync();
        await page.GetByText("Waiting for the first message.").WaitForAsync();
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

        await page.GetByRole(AriaRole.Button, new() { Name = "Delete this test" }).ClickAsync();
        await page.GetByText("have been deleted").WaitForAsync();
        visit.AssertNoComplaint();
    }
}
