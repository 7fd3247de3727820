using System.Net;
using Postseal.SystemTests.Servers;
using Postseal.SystemTests.Sites;

[assembly: AssemblyFixture(typeof(RealInternet))]

namespace Postseal.SystemTests.Servers;

/// <summary>The test Internet: bind9, unbound, nginx and Postfix on loopback addresses, started once for all stories.</summary>
public sealed class RealInternet : IAsyncLifetime
{
    private readonly List<ServerProcess> _servers = [];
    private readonly Lock _gate = new();
    private readonly LoopbackNet _net = new(Ports.Shared);
    private readonly string? _missing = Peers.Missing();
    private DirectoryInfo? _folder;
    private IReadOnlyList<PlacedSite> _sites = [];

    /// <summary>The validating resolver.</summary>
    public IPEndPoint Resolver => Up._net.Resolver;

    /// <summary>An address at which nothing listens.</summary>
    public IPEndPoint NoResolver => new(Resolver.Address, Ports.Shared.Dns + 1);

    /// <summary>The root to trust.</summary>
    public string CaFile => Path.Combine(Up.Folder.FullName, "ca.pem");

    /// <summary>The sites as they stand.</summary>
    public IReadOnlyList<PlacedSite> Sites => Up._sites;

    /// <summary>This, where the servers can run; elsewhere the test that asks is skipped, or fails in CI.</summary>
    private RealInternet Up
    {
        get
        {
            Peers.Demand(_missing);
            return this;
        }
    }

    private DirectoryInfo Folder => _folder ?? throw new InvalidOperationException("The servers were not started.");

    public async ValueTask InitializeAsync()
    {
        if (_missing is not null)
            return;

        var started = false;
        try
        {
            await StartAsync(TestContext.Current.CancellationToken);
            started = true;
        }
        finally
        {
            if (!started)
                await DisposeAsync();
        }
    }

    private async Task StartAsync(CancellationToken ct)
    {
        _folder = Directory.CreateTempSubdirectory("postseal-system-");
        // nginx and Postfix work under users of their own; what only root may read, the servers read before they change over.
        await Tool.MustRunAsync("chmod", ["755", _folder.FullName], ct);
        using var ca = new PrivateCa(TimeProvider.System.GetUtcNow());
        await File.WriteAllTextAsync(CaFile, ca.RootPem, ct);
        _sites = [.. SiteList.All.Select(site => PlacedSite.Place(site, _net, ca))];

        var names = new NameServer(Make("bind"), _net, _sites);
        await Task.WhenAll(
            KeepAsync(names.StartAsync(ct)),
            KeepAsync(PolicyWebServer.StartAsync(Make("nginx"), _net, _sites, ct)),
            KeepAsync(MailServer.StartAsync(Make("postfix"), _net, _sites, ct))
        );
        await KeepAsync(ValidatingResolver.StartAsync(Make("unbound"), _net, names, ct));
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_servers.Select(s => s.DisposeAsync().AsTask()));
        _servers.Clear();
        if (_folder is { Exists: true })
            _folder.Delete(recursive: true);
    }

    /// <summary>Remembers where the servers' logs stand now; the function returned gives what they logged since.</summary>
    public Func<IEnumerable<string>> WatchLogs()
    {
        var marks = _servers.Select(s => (Server: s, From: s.LogLength)).ToList();
        return () => marks.SelectMany(m => m.Server.LogFrom(m.From));
    }

    private async Task KeepAsync(Task<ServerProcess> starting)
    {
        var server = await starting;
        lock (_gate)
            _servers.Add(server);
    }

    private string Make(string name) => Folder.CreateSubdirectory(name).FullName;
}
