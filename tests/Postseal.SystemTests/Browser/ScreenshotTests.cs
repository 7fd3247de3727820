using Microsoft.Playwright;

namespace Postseal.SystemTests.Browser;

/// <summary>Pictures for people to look at, taken when asked for by name: written where POSTSEAL_SCREENSHOTS says.</summary>
[Collection(nameof(InBrowser))]
public sealed class ScreenshotTests(Chromium chromium)
{
    private static readonly string[] Domains =
    [
        "healthy",
        "nothing",
        "mx-uncovered",
        "cert-expired",
        "sts-txt-id-syntax",
        "dane-sts-conflict",
        "pol-mode-testing",
        "banner-escapes",
        "mx-partly-uncovered",
    ];

    [Fact(Explicit = true)]
    public async Task Pages_are_photographed()
    {
        var folder = Environment.GetEnvironmentVariable("POSTSEAL_SCREENSHOTS");
        Assert.NotNull(folder);
        await ShootAsync(
            folder,
            "desktop-light",
            new()
            {
                ViewportSize = new() { Width = 1280, Height = 900 },
            }
        );
        await ShootAsync(
            folder,
            "phone-dark",
            new()
            {
                ViewportSize = new() { Width = 375, Height = 812 },
                DeviceScaleFactor = 2,
                ColorScheme = ColorScheme.Dark,
            }
        );
    }

    private async Task ShootAsync(string folder, string name, BrowserNewContextOptions options)
    {
        await using var visit = await chromium.VisitAsync(options);
        foreach (
            var (file, path) in ((string, string)[])
                [
                    ("home", "/"),
                    ("learn", "/learn"),
                    ("findings", "/findings"),
                    ("finding", "/findings/mx-uncovered"),
                    ("about", "/about"),
                    ("bad", "/check?domain=not%20a%20domain"),
                ]
        )
        {
            await visit.Page.GotoAsync(path);
            await SaveAsync(file);
        }

        foreach (var domain in Domains)
        {
            await visit.CheckAsync(domain);
            await SaveAsync($"check-{domain}");
        }

        Task SaveAsync(string file) =>
            visit.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{file}.png"), FullPage = true });
    }
}
