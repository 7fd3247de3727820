using Microsoft.Playwright;

namespace Postseal.SystemTests.Browser;

/// <summary>What a visitor does and sees, in a real browser.</summary>
[Collection(nameof(InBrowser))]
public sealed class VisitorTests(Chromium chromium)
{
    // Long enough to look at what has come before, and not so long that the check complains of it.
    private static readonly TimeSpan Greeting = TimeSpan.FromSeconds(6);

    [Theory]
    [InlineData(true, "starttls-missing", "Yes", "Yes")]
    [InlineData(false, "host-tls-expired", "No", "Switched off")]
    public async Task Steps_arrive_one_after_the_other_and_the_verdict_stands_above_them(
        bool hasScript,
        string label,
        string refused,
        string held
    )
    {
        await using var visit = await chromium.VisitAsync(new() { JavaScriptEnabled = hasScript });
        var domain = chromium.Lab.Domains.Single(d => d.Name == $"{label}.lab.test");
        chromium.Lab.Replace(domain.Receiver(r => r with { GreetingDelay = Greeting }));
        var page = visit.Page;
        await page.GotoAsync("/");
        await page.GetByLabel("Domain to check").FillAsync($"postmaster@{label}.LAB.test");
        await page.GetByLabel("Domain to check").PressAsync("Enter");

        var steps = page.Locator(".steps li");
        await steps.First.WaitForAsync();
        var early = await steps.CountAsync();
        Assert.Equal(0, await page.Locator(".answers").CountAsync());
        await page.Locator(".answers").WaitForAsync();
        Assert.True(await steps.CountAsync() > early, "all steps came at once");

        Assert.Equal([refused, held], await page.Locator(".answer .word strong").AllInnerTextsAsync());
        var (answer, list) = (await page.Locator(".answers").BoundingBoxAsync(), await steps.First.BoundingBoxAsync());
        Assert.True(answer!.Y < list!.Y, "the verdict is below the steps");
        Assert.EndsWith($"/check/{label}.lab.test", page.Url, StringComparison.Ordinal);
        if (hasScript)
            await page.Locator(".copy button").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        else
            Assert.Equal(0, await page.Locator(".copy button").CountAsync());
        visit.AssertNoComplaint();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/learn")]
    [InlineData("/findings")]
    [InlineData("/findings/dane-params")]
    [InlineData("/about")]
    [InlineData("/api")]
    [InlineData("/sender-test")]
    [InlineData("/check?domain=a%20b")]
    [InlineData("/check/healthy.lab.test")]
    [InlineData("/check/cert-500-names.lab.test")]
    [InlineData("/check/banner-escapes.lab.test")]
    [InlineData("/check/txt-40-strings.lab.test")]
    [InlineData("/check/mx-partly-uncovered.lab.test")]
    public async Task A_phone_never_scrolls_sideways(string path)
    {
        await using var visit = await chromium.VisitAsync(
            new()
            {
                ViewportSize = new() { Width = 320, Height = 640 },
            }
        );
        await visit.Page.GotoAsync(path);
        await visit.UnfoldAsync();

        Assert.False(await visit.ScrollsSidewaysAsync());
        visit.AssertNoComplaint();
    }

    [Fact]
    public async Task The_keyboard_alone_is_enough()
    {
        await using var visit = await chromium.VisitAsync(new());
        var page = visit.Page;
        await page.GotoAsync("/");
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the content", await FocusedAsync(page));
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("cert-expired.lab.test");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".answers").WaitForAsync();

        // The tab order is that of the eye: "check again" beside the verdict comes before anything below it.
        for (var i = 0; i < 30 && await FocusedAsync(page) != "Check again"; i++)
            await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Check again", await FocusedAsync(page));
        Assert.NotEqual("none", await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));
        for (var i = 0; i < 30 && await FocusedAsync(page) != "What was seen"; i++)
            await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("notAfter").First.WaitForAsync(new() { State = WaitForSelectorState.Visible });
        visit.AssertNoComplaint();
    }

    [Fact]
    public async Task Lines_are_copied_by_their_button()
    {
        await using var visit = await chromium.VisitAsync(new() { Permissions = ["clipboard-read", "clipboard-write"] });
        await visit.CheckAsync("mx-uncovered");
        await visit.Page.Locator(".finding .copy button").First.ClickAsync();
        await visit.Page.GetByText("Copied").WaitForAsync();
        Assert.Equal("mx: mx1.mx-uncovered.lab.test", await visit.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        visit.AssertNoComplaint();
    }

    [Fact]
    public async Task The_scheme_follows_the_visitor()
    {
        await using var light = await chromium.VisitAsync(new() { ColorScheme = ColorScheme.Light });
        await using var dark = await chromium.VisitAsync(new() { ColorScheme = ColorScheme.Dark });
        await light.Page.GotoAsync("/");
        await dark.Page.GotoAsync("/");
        const string background = "getComputedStyle(document.body).backgroundColor";
        Assert.NotEqual(await light.Page.EvaluateAsync<string>(background), await dark.Page.EvaluateAsync<string>(background));
    }

    private static Task<string> FocusedAsync(IPage page) =>
        page.EvaluateAsync<string>("document.activeElement.textContent.trim()");
}
