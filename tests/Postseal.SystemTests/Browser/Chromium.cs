using Microsoft.Playwright;
using Postseal.Lab;
using Postseal.SystemTests.Servers;

namespace Postseal.SystemTests.Browser;

/// <summary>Debian's Chromium without a screen, and the demo site for it; shared by all tests with a browser.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Program = "chromium";

    // Answers of the lab take this long, so that the steps of a check can be seen one after the other.
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(60);

    /// <summary>A name of the site that is no "localhost": browsers trust it less, as they do any site without TLS.</summary>
    internal const string PlainName = "lookup.example";

    // No sandbox: tests run as root. Nothing may be asked of hosts outside.
    private static readonly string[] Arguments =
    [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        $"--host-resolver-rules=MAP {PlainName} 127.0.0.1",
    ];

    private DemoSite? _site;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Why no browser can run here; null when one can.</summary>
    public string? Missing { get; private set; }

    /// <summary>The start page.</summary>
    public Uri Address => _site!.Address;

    /// <summary>The lab behind the site.</summary>
    internal LabInternet Lab => _site!.Lab.Internet;

    public async ValueTask InitializeAsync()
    {
        var path = Tool.Find(Program);
        Missing = path is null ? $"Not installed: {Program}. Run build/install-peers.sh." : null;
        if (Missing is not null)
            return;

        _site = await DemoSite.StartAsync(Latency, TimeProvider.System, TestContext.Current.CancellationToken);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = path,
                Headless = true,
                Args = Arguments,
            }
        );
    }

    /// <summary>A visitor with a profile of his own; skips the test where there is no browser.</summary>
    public async Task<Visit> VisitAsync(BrowserNewContextOptions options)
    {
        Peers.Demand(Missing);
        options.BaseURL = Address.ToString();
        var context = await _browser!.NewContextAsync(options);
        return new(context, await context.NewPageAsync(), Address);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_site is not null)
            await _site.DisposeAsync();
    }
}

/// <summary>The tests that share it.</summary>
[CollectionDefinition(nameof(InBrowser))]
public sealed class InBrowser : ICollectionFixture<Chromium>;
