using Microsoft.Playwright;
using Postseal.Tests.Server.SenderTest.Web;

namespace Postseal.SystemTests.Browser;

/// <summary>What is done on the page of a sender test.</summary>
internal static class SenderTestPage
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

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
        await new CarelessSender(chromium.Lab).SendAsync(
            "mx.careless.example",
            address.Trim(),
            TestContext.Current.CancellationToken
        );
    }

    /// <summary>Waits until the site knows that a case is passed, whatever the page shows.</summary>
    public static async Task PassedAsync(IPage page, string id)
    {
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        while (!await IsPassedAsync(page, id))
            await Task.Delay(Between, TimeProvider.System, deadline.Token);
    }

    private static async Task<bool> IsPassedAsync(IPage page, string id)
    {
        var answer = await page.APIRequest.GetAsync(ApiPath(page));
        var test = await answer.JsonAsync();
        return test!
            .Value.GetProperty("cases")
            .EnumerateArray()
            .Any(c => c.GetProperty("id").GetString() == id && c.GetProperty("verdict").GetString() == "pass");
    }

    /// <summary>Deletes the test. Every test has the same sender, and open tests share what an address does: the next one must find none.</summary>
    public static Task<IAPIResponse> DeleteAsync(IPage page) => page.APIRequest.DeleteAsync(ApiPath(page));

    private static string ApiPath(IPage page) => $"/api/v1{new Uri(page.Url).AbsolutePath}";
}
