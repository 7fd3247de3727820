using Microsoft.Playwright;
using Postseal.SystemTests.Servers;
using Postseal.Tests.Server.SenderTest.Web;

namespace Postseal.SystemTests.Browser;

/// <summary>What is done on the page of a sender test.</summary>
internal static class SenderTestPage
{
    // When the page's time begins, where the test has it.
    private static readonly DateTime Opened = new(2026, 11, 25, 12, 0, 0, DateTimeKind.Utc);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Opens a test; gives the address of its page.</summary>
    public static async Task<string> OpenAsync(IPage page)
    {
        await page.GotoAsync("/sender-test");
        await page.GetByRole(AriaRole.Button, new() { Name = "Open a test" }).ClickAsync();
        await page.GetByText("Waiting for the first message.").WaitForAsync();
        return page.Url;
    }

    /// <summary>Has a sender without MTA-STS write to the address of a case.</summary>
    public static async Task SendAsync(Chromium chromium, IPage page, string id)
    {
        var address = (await page.Locator("#live pre").First.InnerTextAsync())
            .Split('\n')
            .Single(a => a.Contains($"@{id}.", StringComparison.Ordinal));
        await new CarelessSender(chromium.Lab).SendAsync("mx.careless.example", address.Trim(), Ct);
    }

    /// <summary>Waits until the site knows that a case is passed, whatever the page shows.</summary>
    public static async Task PassedAsync(IPage page, string id) =>
        Assert.True(await Until.IsSoAsync(() => IsPassedAsync(page, id), Ct), $"{id} is not passed");

    private static async Task<bool> IsPassedAsync(IPage page, string id)
    {
        var answer = await page.APIRequest.GetAsync(ApiPath(page));
        var test = await answer.JsonAsync();
        return test!
            .Value.GetProperty("cases")
            .EnumerateArray()
            .Any(c => c.GetProperty("id").GetString() == id && c.GetProperty("verdict").GetString() == "pass");
    }

    /// <summary>Has the page's time stand still from now on: it is the test's.</summary>
    public static async Task StopTimeAsync(IPage page)
    {
        await page.Clock.InstallAsync(new() { TimeDate = Opened });
        await page.Clock.PauseAtAsync(Opened.AddSeconds(1));
    }

    /// <summary>The end of a visit in which nothing went wrong; asked before the test is deleted, as the page complains of one that is gone.</summary>
    public static async Task EndAsync(Visit visit)
    {
        visit.AssertNoComplaint();
        await DeleteAsync(visit.Page);
    }

    /// <summary>Deletes the test. Every test has the same sender, and open tests share what an address does: the next one must find none.</summary>
    public static Task<IAPIResponse> DeleteAsync(IPage page) => page.APIRequest.DeleteAsync(ApiPath(page));

    private static string ApiPath(IPage page) => $"/api/v1{new Uri(page.Url).AbsolutePath}";
}
