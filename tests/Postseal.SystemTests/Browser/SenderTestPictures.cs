using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Postseal.Tests.Server.SenderTest.Web;

namespace Postseal.SystemTests.Browser;

/// <summary>Pictures of the sender test in each of its states, for people to look at: written where POSTSEAL_SCREENSHOTS says.</summary>
[Collection(nameof(InBrowser))]
public sealed partial class SenderTestPictures(Chromium chromium)
{
    private readonly ClockAhead _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Explicit = true)]
    [InlineData("desktop-light", 1280, 900, ColorScheme.Light)]
    [InlineData("desktop-dark", 1280, 900, ColorScheme.Dark)]
    [InlineData("phone-light", 375, 844, ColorScheme.Light)]
    [InlineData("phone-dark", 375, 844, ColorScheme.Dark)]
    public async Task Pages_are_photographed(string name, int width, int height, ColorScheme scheme)
    {
        var folder = Environment.GetEnvironmentVariable("POSTSEAL_SCREENSHOTS");
        Assert.NotNull(folder);
        await using var site = await DemoSite.StartAsync(TimeSpan.Zero, _clock, Ct);
        await using var visit = await chromium.VisitAsync(
            new()
            {
                ViewportSize = new() { Width = width, Height = height },
                ColorScheme = scheme,
            }
        );
        var page = visit.Page;
        await page.GotoAsync(new Uri(site.Address, "/sender-test").ToString());
        await SaveAsync("1-form");
        await page.GetByRole(AriaRole.Button, new() { Name = "Open a test" }).First.ClickAsync();
        await SaveAsync("2-nothing-yet");

        await SendAsync(site, page, ["control", "c0", "c25"], Ct);
        await page.Locator("#control .word").GetByText("Pass").WaitForAsync();
        await SaveAsync("3-some");
        await visit.UnfoldAsync();
        await SaveAsync("4-unfolded");

        await TurnAsync(page, () => SaveAsync("5-asked"));
        await SaveAsync("5-round-2");
        await SendAsync(site, page, ["c1", "c2", "c6", "c8", "c9", "c10", "c16", "c19", "c27"], Ct);
        await page.Locator("#C2 .word").GetByText("Fail").WaitForAsync();
        await SaveAsync("6-round-2-verdicts");
        await TurnAsync(page, () => Task.CompletedTask);
        await SendAsync(site, page, ["c20"], Ct);
        _clock.Advance(TimeSpan.FromHours(49));
        await page.ReloadAsync();
        await SaveAsync("7-final");
        await page.GetByRole(AriaRole.Link, new() { Name = "Delete this test" }).ClickAsync();
        await SaveAsync("8-asked");
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes, delete it" }).ClickAsync();
        await SaveAsync("8-deleted");
        await page.GoBackAsync();
        await SaveAsync("9-gone");

        Task<byte[]> SaveAsync(string file) =>
            page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{file}-{name}.png"), FullPage = true });
    }

    // Records that a sender keeps are old by then.
    private async Task TurnAsync(IPage page, Func<Task> look)
    {
        _clock.Advance(TimeSpan.FromSeconds(71));
        await page.GetByRole(AriaRole.Button, new() { NameRegex = GoOn() }).ClickAsync();
        await look();
        await page.GetByRole(AriaRole.Button, new() { NameRegex = Yes() }).ClickAsync();
    }

    private static async Task SendAsync(DemoSite site, IPage page, string[] ids, CancellationToken ct)
    {
        var sender = new CarelessSender(site.Lab.Internet);
        foreach (Match address in Address().Matches(await page.ContentAsync()).DistinctBy(m => m.Value))
        {
            if (ids.Contains(address.Groups[1].Value))
                await sender.SendAsync("mx.careless.example", address.Value, ct);
        }
    }

    // Runs as the system's does, some days ahead.
    private sealed class ClockAhead : TimeProvider
    {
        private TimeSpan _ahead;

        public void Advance(TimeSpan time) => _ahead += time;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _ahead;
    }

    [GeneratedRegex("[a-z2-7]{26}(?:-[2-9])?@([a-z0-9]+)\\.[a-z0-9.]*sender\\.lab\\.test")]
    private static partial Regex Address();

    [GeneratedRegex("^Go on to message")]
    private static partial Regex GoOn();

    [GeneratedRegex("^Yes, go on")]
    private static partial Regex Yes();
}
