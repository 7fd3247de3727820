using Postseal.Server.Demo;
using Postseal.Server.Hosting;

namespace Postseal.SystemTests.Browser;

/// <summary>The site on top of a lab, as <c>postseal-server demo</c> runs it, in this process.</summary>
public sealed class DemoSite : IAsyncDisposable
{
    private readonly DemoLab _lab;
    private readonly SiteServer _server;
    private readonly string _data;

    private DemoSite(DemoLab lab, SiteServer server, string data) => (_lab, _server, _data) = (lab, server, data);

    /// <summary>The lab behind it.</summary>
    internal DemoLab Lab => _lab;

    /// <summary>The start page.</summary>
    public Uri Address => _server.PublicAddress;

    /// <summary>Starts lab and site.</summary>
    /// <param name="latency">Of every answer in the lab; long enough to see steps arrive, or zero.</param>
    /// <param name="clock">Of lab and site.</param>
    public static async Task<DemoSite> StartAsync(TimeSpan latency, TimeProvider clock, CancellationToken ct)
    {
        var lab = await DemoLab.StartAsync(new() { Latency = latency, Clock = clock }, ct);
        var data = Directory.CreateTempSubdirectory("postseal-browser-").FullName;
        return new(lab, await SiteServer.StartAsync(DemoCommand.Configuration(lab, 0, data), clock, ct), data);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _lab.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }
}
