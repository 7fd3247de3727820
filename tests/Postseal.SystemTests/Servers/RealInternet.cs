using System.Net;
using Postseal.SystemTests.Servers;
using Postseal.SystemTests.Sites;

[assembly: AssemblyFixture(typeof(RealInternet))]

namespace Postseal.SystemTests.Servers;

/// <summary>The test Internet: bind9, unbound, nginx and Postfix on loopback addresses, started once for all stories.</summary>
public sealed class RealInternet() : TestInternet("postseal-system-")
{
    private readonly LoopbackNet _net = new(Ports.Shared);

    /// <summary>The validating resolver.</summary>
    public IPEndPoint Resolver => Demanded(_net).Resolver;

    /// <summary>An address at which nothing listens.</summary>
    public IPEndPoint NoResolver => new(Resolver.Address, Ports.Shared.Dns + 1);

    /// <summary>Remembers where the servers' logs stand now; the function returned gives what they logged since.</summary>
    public Func<IEnumerable<string>> WatchLogs()
    {
        var marks = Servers.Select(s => (Server: s, From: s.LogLength)).ToList();
        return () => marks.SelectMany(m => m.Server.LogFrom(m.From));
    }

    protected override Task<string?> MissingAsync(CancellationToken ct) => Task.FromResult(Peers.Missing());

    protected override async Task StartAsync(CancellationToken ct)
    {
        await PlaceAsync(SiteList.All, _net, ct);
        var names = new NameServer(Make("bind"), _net, Sites);
        await Task.WhenAll(
            KeepAsync(names.StartAsync(ct)),
            KeepAsync(PolicyWebServer.StartAsync(Make("nginx"), _net, Sites, ct)),
            KeepAsync(MailServer.StartAsync(Make("postfix"), _net, Sites, ct))
        );
        await KeepAsync(ValidatingResolver.StartAsync(Make("unbound"), _net, names, ct));
    }
}
