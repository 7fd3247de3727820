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
public sealed class SendingInternet() : TestInternet("postseal-sending-")
{
    private PrivateNetwork? _network;
    private LoopbackNet? _net;
    private ServerProcess? _mailServer;
    private ServerProcess? _webServer;
    private SendingPostfix? _sender;
    private int _folders;

    /// <summary>The network.</summary>
    public PrivateNetwork Network => Demanded(_network)!;

    /// <summary>Its addresses.</summary>
    public LoopbackNet Net => Demanded(_net)!;

    /// <summary>The sending Postfix.</summary>
    public SendingPostfix Sender => Demanded(_sender)!;

    /// <summary>The socket below the queue at which a chrooted smtp looks for its policy daemon.</summary>
    public string SocketInQueue => Path.Combine(Folder, "sender", "queue", "private", "postseal");

    private ServerProcess Mail => Demanded(_mailServer)!;

    /// <summary>A folder for one story.</summary>
    public string NewFolder() => Make($"story{Interlocked.Increment(ref _folders)}");

    /// <summary>What the mail servers took for recipients of a domain, as soon as it is as many messages as expected.</summary>
    public async Task<IReadOnlyList<Arrival>> ArrivalsAsync(string domain, int expected, CancellationToken ct)
    {
        while (true)
        {
            var mark = Mail.LogLength;
            var arrivals = Arrivals(domain);
            if (arrivals.Count >= expected)
                return arrivals;

            await Mail.WaitForLogAsync("postfix/discard", mark, ct);
        }
    }

    /// <summary>What the mail servers took for recipients of a domain until now.</summary>
    public IReadOnlyList<Arrival> Arrivals(string domain) =>
        [.. MailLog.Arrivals(Mail.LogFrom(0)).Where(a => a.Recipient.EndsWith('@' + domain, StringComparison.Ordinal))];

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
        var configuration = Path.Combine(Folder, "unbound", "unbound.conf");
        return Tool.MustRunAsync("unbound-control", ["-c", configuration, .. order], ct);
    }

    /// <summary>Stops every policy host.</summary>
    public async Task StopPolicyHostsAsync() => await Demanded(_webServer)!.DisposeAsync();

    /// <summary>Starts them again.</summary>
    public async Task StartPolicyHostsAsync(CancellationToken ct) =>
        _webServer = await KeepAsync(PolicyWebServer.StartAsync(Make("nginx"), Net, Sites, ct));

    /// <summary>Puts another policy and another id in the place of a site's.</summary>
    public async Task PublishAsync(PlacedSite site, string id, CancellationToken ct)
    {
        var file = Path.Combine(Make("nginx"), site.Site.Name, ".well-known", "mta-sts.txt");
        await File.WriteAllTextAsync(file, site.PolicyText, ct);
        var name = $"_mta-sts.{site.Site.Domain}";
        await ControlResolverAsync(["local_zone", name, "redirect"], ct);
        await ControlResolverAsync(["local_data", $"{name} 60 IN TXT \"v=STSv1; id={id}\""], ct);
    }

    protected override Task<string?> MissingAsync(CancellationToken ct) => Peers.MissingForSendingAsync(ct);

    protected override async Task StartAsync(CancellationToken ct)
    {
        var resolvConf = Path.Combine(Folder, "resolv.conf");
        _network = await KeepAsync(PrivateNetwork.MakeAsync(resolvConf, ct));
        _net = new(Ports.WellKnown, _network);
        await File.WriteAllTextAsync(resolvConf, $"nameserver {_net.Resolver.Address}\noptions edns0 trust-ad\n", ct);

        await PlaceAsync(SenderSites.All, _net, ct);
        var names = new NameServer(Make("bind"), _net, Sites);
        await KeepAsync(names.StartAsync(ct));
        await KeepAsync(ValidatingResolver.StartAsync(Make("unbound"), _net, names, ct));
        await StartPolicyHostsAsync(ct);
        _mailServer = await KeepAsync(MailServer.StartAsync(Make("mx"), _net, Sites, ct));
        _sender = await KeepAsync(StartSenderAsync(ct));
    }

    private async Task<SendingPostfix> StartSenderAsync(CancellationToken ct)
    {
        var root = new MailRoot("sender", Make("sender"));
        File.Copy(CaFile, root.Inside("ca.pem"));
        var configuration = Directory.CreateDirectory(root.Inside("conf")).FullName;
        await File.WriteAllLinesAsync(Path.Combine(configuration, "transport"), SenderSites.Transports, ct);
        // What a chrooted process reads of the machine.
        var etc = Directory.CreateDirectory(Path.Combine(root.Inside("queue"), "etc")).FullName;
        File.Copy(Path.Combine(Folder, "resolv.conf"), Path.Combine(etc, "resolv.conf"));
        var settings = $"smtp_tls_policy_maps = socketmap:inet:127.0.0.1:{PolicyDaemon.Port}:postfix";
        const string services = """
            127.0.0.1:10025 inet n - n - - smtpd
            jailed    unix  -  -  y  -      -  smtp
              -o { smtp_tls_policy_maps = socketmap:unix:private/postseal:postfix }
            """;
        return await SendingPostfix.StartAsync(root, Network, settings, services, ct);
    }
}
