using Postseal.SystemTests.Servers;
using Postseal.SystemTests.Sites;

namespace Postseal.SystemTests.Sending;

/// <summary>One test Internet for all stories about sending; they run one after the other, as some take parts of it away.</summary>
[CollectionDefinition(Name)]
public sealed class SendingStories : ICollectionFixture<SendingInternet>
{
    /// <summary>Its name.</summary>
    public const string Name = "sending";
}

/// <summary>bind9, unbound, nginx, mail servers and a sending Postfix in a network of their own, at the ports that a sender knows.</summary>
public sealed class SendingInternet : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _running = [];
    private string? _missing;
    private DirectoryInfo? _folder;
    private PrivateNetwork? _network;
    private LoopbackNet? _net;
    private ServerProcess? _mailServer;
    private ServerProcess? _webServer;
    private SendingPostfix? _sender;
    private IReadOnlyList<PlacedSite> _sites = [];
    private int _folders;

    /// <summary>False where a test that asks for any of this is skipped.</summary>
    public bool CanRun => _missing is null;

    /// <summary>The network.</summary>
    public PrivateNetwork Network => Up._network!;

    /// <summary>Its addresses.</summary>
    public LoopbackNet Net => Up._net!;

    /// <summary>The sites as they stand.</summary>
    public IReadOnlyList<PlacedSite> Sites => Up._sites;

    /// <summary>The sending Postfix.</summary>
    public SendingPostfix Sender => Up._sender!;

    /// <summary>The root to trust.</summary>
    public string CaFile => Path.Combine(Up._folder!.FullName, "ca.pem");

    /// <summary>The socket below the queue at which a chrooted smtp looks for its policy daemon.</summary>
    public string SocketInQueue => Path.Combine(Up._folder!.FullName, "sender", "queue", "private", "postseal");

    /// <summary>This, where the servers can run; elsewhere the test that asks is skipped, or fails in CI.</summary>
    private SendingInternet Up
    {
        get
        {
            Peers.Demand(_missing);
            return this;
        }
    }

    public async ValueTask InitializeAsync()
    {
        _missing = await Peers.MissingForSendingAsync(TestContext.Current.CancellationToken);
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

    public async ValueTask DisposeAsync()
    {
        // The network last: it is where the others live.
        foreach (var running in _running.AsEnumerable().Reverse())
            await running.DisposeAsync();

        _running.Clear();
        if (_folder is { Exists: true })
            _folder.Delete(recursive: true);
    }

    /// <summary>A folder for one story.</summary>
    public string NewFolder() => Up._folder!.CreateSubdirectory($"story{Interlocked.Increment(ref _folders)}").FullName;

    /// <summary>What the mail servers took for recipients of a domain, as soon as it is as many messages as expected.</summary>
    public async Task<IReadOnlyList<Arrival>> ArrivalsAsync(string domain, int expected, CancellationToken ct)
    {
        while (true)
        {
            var mark = Up._mailServer!.LogLength;
            var arrivals = Arrivals(domain);
            if (arrivals.Count >= expected)
                return arrivals;

            await Up._mailServer!.WaitForLogAsync("postfix/discard", mark, ct);
        }
    }

    /// <summary>What the mail servers took for recipients of a domain until now.</summary>
    public IReadOnlyList<Arrival> Arrivals(string domain) =>
        [
            .. MailLog
                .Arrivals(Up._mailServer!.LogFrom(0))
                .Where(a => a.Recipient.EndsWith('@' + domain, StringComparison.Ordinal)),
        ];

    /// <summary>Lets the resolver refuse to look up what a policy is found by, so that a cached policy is all there is.</summary>
    public async Task CutPolicyLookupsAsync(IEnumerable<string> domains, CancellationToken ct)
    {
        foreach (var name in domains.SelectMany(d => new[] { $"_mta-sts.{d}", $"mta-sts.{d}" }))
            await ControlResolverAsync(["local_zone", name, "always_refuse"], ct);
    }

    /// <summary>Undoes it.</summary>
    public async Task RestorePolicyLookupsAsync(IEnumerable<string> domains, CancellationToken ct)
    {
        foreach (var name in domains.SelectMany(d => new[] { $"_mta-sts.{d}", $"mta-sts.{d}" }))
            await ControlResolverAsync(["local_zone_remove", name], ct);
    }

    /// <summary>Gives the resolver an order.</summary>
    public Task ControlResolverAsync(IEnumerable<string> order, CancellationToken ct)
    {
        var configuration = Path.Combine(Up._folder!.FullName, "unbound", "unbound.conf");
        return Tool.MustRunAsync("unbound-control", ["-c", configuration, .. order], ct);
    }

    /// <summary>Stops every policy host.</summary>
    public async Task StopPolicyHostsAsync() => await Up._webServer!.DisposeAsync();

    /// <summary>Starts them again.</summary>
    public async Task StartPolicyHostsAsync(CancellationToken ct) =>
        _webServer = Keep(await PolicyWebServer.StartAsync(Make("nginx"), Net, Sites, ct));

    /// <summary>Puts another policy and another id in the place of a site's.</summary>
    public async Task PublishAsync(PlacedSite site, string id, CancellationToken ct)
    {
        var file = Path.Combine(Make("nginx"), site.Site.Name, ".well-known", "mta-sts.txt");
        await File.WriteAllTextAsync(file, site.PolicyText, ct);
        var name = $"_mta-sts.{site.Site.Domain}";
        await ControlResolverAsync(["local_zone", name, "redirect"], ct);
        await ControlResolverAsync(["local_data", $"{name} 60 IN TXT \"v=STSv1; id={id}\""], ct);
    }

    private async Task StartAsync(CancellationToken ct)
    {
        _folder = Directory.CreateTempSubdirectory("postseal-sending-");
        await Tool.MustRunAsync("chmod", ["755", _folder.FullName], ct);
        var resolvConf = Path.Combine(_folder.FullName, "resolv.conf");
        _network = Keep(await PrivateNetwork.MakeAsync(resolvConf, ct));
        _net = new(Ports.WellKnown, _network);
        await File.WriteAllTextAsync(resolvConf, $"nameserver {_net.Resolver.Address}\noptions edns0 trust-ad\n", ct);

        using var ca = new PrivateCa(TimeProvider.System.GetUtcNow());
        await File.WriteAllTextAsync(CaFile, ca.RootPem, ct);
        _sites = [.. SenderSites.All.Select(site => PlacedSite.Place(site, _net, ca))];
        var names = new NameServer(Make("bind"), _net, _sites);
        Keep(await names.StartAsync(ct));
        Keep(await ValidatingResolver.StartAsync(Make("unbound"), _net, names, ct));
        await StartPolicyHostsAsync(ct);
        _mailServer = Keep(await MailServer.StartAsync(Make("mx"), _net, _sites, ct));
        _sender = Keep(await StartSenderAsync(ct));
    }

    private async Task<SendingPostfix> StartSenderAsync(CancellationToken ct)
    {
        var root = new MailRoot("sender", Make("sender"));
        File.Copy(CaFile, root.Inside("ca.pem"));
        var configuration = Directory.CreateDirectory(root.Inside("conf")).FullName;
        await File.WriteAllLinesAsync(Path.Combine(configuration, "transport"), SenderSites.Transports, ct);
        // What a chrooted process reads of the machine.
        var etc = Directory.CreateDirectory(Path.Combine(root.Inside("queue"), "etc")).FullName;
        File.Copy(Path.Combine(_folder!.FullName, "resolv.conf"), Path.Combine(etc, "resolv.conf"));
        var settings = $"smtp_tls_policy_maps = socketmap:inet:127.0.0.1:{PolicyDaemon.Port}:postfix";
        const string services = """
            127.0.0.1:10025 inet n - n - - smtpd
            jailed    unix  -  -  y  -      -  smtp
              -o { smtp_tls_policy_maps = socketmap:unix:private/postseal:postfix }
            """;
        return await SendingPostfix.StartAsync(root, Network, settings, services, ct);
    }

    private T Keep<T>(T started)
        where T : IAsyncDisposable
    {
        _running.Add(started);
        return started;
    }

    private string Make(string name) => _folder!.CreateSubdirectory(name).FullName;
}
