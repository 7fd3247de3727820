using Postseal.Server.Demo;
using Postseal.Server.Hosting;
using Xunit;

namespace Postseal.Tests.Server;

/// <summary>The whole site inside a lab, as the demo runs it, for a class of tests.</summary>
public sealed class SiteFixture : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("postseal-site-").FullName;
    private DemoLab _lab = null!;
    private SiteServer _server = null!;

    /// <summary>The lab behind it.</summary>
    internal DemoLab Lab => _lab;

    /// <summary>A client of the public listener.</summary>
    public HttpClient Http { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        _lab = await DemoLab.StartAsync(new(), ct);
        _server = await SiteServer.StartAsync(DemoCommand.Configuration(_lab, 0, _data), TimeProvider.System, ct);
        Http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = _server.PublicAddress };
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.DisposeAsync();
        await _lab.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }
}
