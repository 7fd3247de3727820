using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Postseal.SystemTests.Cli;
using Postseal.SystemTests.Sending;
using Postseal.SystemTests.Servers;
using Postseal.SystemTests.Sites;

namespace Postseal.SystemTests.PublicSenderTest;

/// <summary>
/// A sender test as its operator would set it up by docs/guide/sender-test.md: the zone that <c>sender-test zone</c> prints, signed and served by bind9;
/// below it the server's own name server; certificates that certbot gets from pebble by the commands printed; unbound in between; and a
/// Postfix with our policy server that is tested. Each in the same network, at the ports that the world knows.
/// </summary>
public sealed class PublicInternet() : TestInternet("postseal-public-")
{
    private const string Zone = "st.example.org";
    private const string OperatorsNameServer = "192.0.2.53";
    private const string Acme = "localhost:14000";
    private const string AcmeManagement = "https://localhost:15000";

    private static readonly string[] Addresses = ["192.0.2.10", "192.0.2.11", "192.0.2.12", "2001:db8::10"];
    private static readonly string[] Programs = ["pebble", "certbot"];
    private static readonly string[] CertbotFolders = ["config", "work", "logs"];
    private static readonly IPEndPoint Site = new(IPAddress.Loopback, 8080);
    private static readonly IPEndPoint Policyd = new(IPAddress.Loopback, 8461);

    private static readonly string[] Server =
    [
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
        Path.Combine(AppContext.BaseDirectory, "postseal-server.dll"),
    ];

    private PrivateNetwork? _network;
    private SendingPostfix? _sender;

    /// <summary>The sender under test.</summary>
    public SendingPostfix Sender => Demanded(_sender)!;

    private PrivateNetwork Network => Demanded(_network)!;

    private string Configuration => Path.Combine(Folder, "server.toml");

    private string Certificates => Path.Combine(Folder, "certificates");

    /// <summary>A client of the site.</summary>
    public HttpClient Visit() =>
        new(
            new SocketsHttpHandler
            {
                ConnectCallback = async (_, ct) => new NetworkStream(await Network.ConnectAsync(Site, ct), ownsSocket: true),
            }
        )
        {
            BaseAddress = new("http://site.test"),
        };

    /// <summary>Lets the resolver forget what it knows, as it does by itself after some seconds.</summary>
    public Task ForgetAsync(CancellationToken ct) =>
        Tool.MustRunAsync("unbound-control", ["-c", Path.Combine(Folder, "unbound", "unbound.conf"), "flush_zone", Zone], ct);

    /// <summary>Verifies the deployment; in this network addresses are not public.</summary>
    public Task<ToolRun> VerifyAsync(CancellationToken ct) =>
        RunAsync(
            [
                "verify",
                "--config",
                Configuration,
                "--dns",
                "127.0.0.1",
                "--trust-dnssec",
                "yes",
                "--ca-file",
                CaFile,
                "--allow-private",
            ],
            ct
        );

    private Task<ToolRun> RunAsync(IEnumerable<string> arguments, CancellationToken ct) =>
        Network.RunAsync(Server[0], [.. Server[1..], "sender-test", .. arguments], ct);

    protected override async Task<string?> MissingAsync(CancellationToken ct)
    {
        if (await Peers.MissingForSendingAsync(ct) is { } missing)
            return missing;

        string[] absent = [.. Programs.Where(p => Tool.Find(p) is null)];
        return absent.Length == 0 ? null : $"Not installed: {string.Join(", ", absent)}. Run build/install-peers.sh.";
    }

    protected override async Task StartAsync(CancellationToken ct)
    {
        var resolvConf = Path.Combine(Folder, "resolv.conf");
        _network = await KeepAsync(PrivateNetwork.MakeAsync(resolvConf, ct));
        await File.WriteAllTextAsync(resolvConf, "nameserver 127.0.0.1\noptions edns0 trust-ad\n", ct);
        foreach (var address in Addresses.Append(OperatorsNameServer))
            await MustRunAsync("ip", ["address", "add", address, "dev", "lo"], ct);

        await File.WriteAllTextAsync(Configuration, ServerToml(), ct);
        var (zone, advice) = await ZoneAsync(ct);
        await PublishAsync(zone, ct);

        // An authority resolves names and asks these servers before there is any certificate.
        await using (await StartServerAsync(ct))
            await CertifyAsync(advice, ct);

        await KeepAsync(StartServerAsync(ct));
        await StartSenderAsync(ct);
    }

    private async Task MustRunAsync(string program, IEnumerable<string> arguments, CancellationToken ct)
    {
        var run = await Network.RunAsync(program, arguments, ct);
        if (run.ExitCode != 0)
            throw new InvalidOperationException(run.ToString());
    }

    private string ServerToml() =>
        $"""
            [web]
            requests-per-minute = 100000
            [sender-test]
            zone = "{Zone}"
            addresses = [{string.Join(", ", Addresses.Select(a => $"\"{a}\""))}]
            certificates = "{Certificates}"
            dnssec = true
            places = 2
            """;

    private async Task<(string Zone, string Advice)> ZoneAsync(CancellationToken ct)
    {
        var run = await RunAsync(["zone", "--config", Configuration, "--ns", "ns.operator.test"], ct);
        return run.ExitCode == 0 ? (run.Output, run.Errors) : throw new InvalidOperationException(run.ToString());
    }

    private async Task PublishAsync(string zone, CancellationToken ct)
    {
        var folder = Make("bind");
        var file = Path.Combine(folder, $"{Zone}.zone");
        await File.WriteAllTextAsync(file, zone, ct);
        string[] newKey = ["-q", "-K", folder, "-a", "ECDSAP256SHA256", "-f", "KSK", Zone];
        var key = (await Tool.MustRunAsync("dnssec-keygen", newKey, ct)).Trim();
        await Tool.MustRunAsync(
            "dnssec-signzone",
            ["-q", "-z", "-S", "-K", folder, "-d", folder, "-o", Zone, "-f", file, file],
            ct
        );
        await File.WriteAllTextAsync(
            Path.Combine(folder, "named.conf"),
            $$"""
            options {
                directory "{{folder}}"; pid-file none; session-keyfile none; notify no; recursion no; dnssec-validation no;
                listen-on { {{OperatorsNameServer}}; }; listen-on-v6 { none; };
            };
            controls { };
            zone "{{Zone}}" { type primary; file "{{Zone}}.zone"; };
            """,
            ct
        );
        var named = ServerProcess.Start(
            _network,
            "named",
            Unconfined.Copy("named", folder),
            "-g",
            "-n",
            "1",
            "-c",
            Path.Combine(folder, "named.conf")
        );
        await KeepAsync(UpAsync(named, s => s.WaitForLogAsync("all zones loaded", ct)));
        await ResolveAsync(Path.Combine(folder, key + ".key"), ct);
    }

    private async Task ResolveAsync(string trustAnchor, CancellationToken ct)
    {
        var folder = Make("unbound");
        var file = Path.Combine(folder, "unbound.conf");
        await File.WriteAllTextAsync(
            file,
            $"""
            server:
                chroot: ""
                username: ""
                directory: "{folder}"
                pidfile: ""
                use-syslog: no
                interface: 127.0.0.1
                do-not-query-localhost: no
                trust-anchor-file: "{trustAnchor}"
                val-log-level: 2
                log-servfail: yes
                # There is no other zone in this world.
                local-zone: "." static
                local-zone: "{Zone}." transparent
            remote-control:
                control-enable: yes
                control-interface: "{folder}/control"
                control-use-cert: no
            stub-zone:
                name: "{Zone}"
                stub-addr: {OperatorsNameServer}
            """,
            ct
        );
        var unbound = ServerProcess.Start(_network, "unbound", Unconfined.Copy("unbound", folder), "-d", "-p", "-c", file);
        await KeepAsync(UpAsync(unbound, s => s.WaitForListenerAsync(new(IPAddress.Loopback, 53), ct)));
    }

    private Task<ServerProcess> StartServerAsync(CancellationToken ct)
    {
        var data = Make("data");
        var server = ServerProcess.Start(
            _network,
            "postseal-server",
            Server[0],
            Server[1],
            "run",
            "--config",
            Configuration,
            "--data",
            data
        );
        return UpAsync(server, s => s.WaitForListenerAsync(Site, ct));
    }

    // The commands that were printed, with what tells certbot that pebble is its authority.
    private async Task CertifyAsync(string advice, CancellationToken ct)
    {
        using var ca = new PrivateCa(TimeProvider.System.GetUtcNow());
        var folder = Make("pebble");
        await File.WriteAllTextAsync(Path.Combine(folder, "ca.pem"), ca.RootPem, ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "own.pem"), ca.Issue("localhost", CertificateKind.Good).Pem, ct);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "pebble.json"),
            $$"""
            { "pebble": {
                "listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000", "httpPort": 80, "tlsPort": 443,
                "certificate": "{{folder}}/own.pem", "privateKey": "{{folder}}/own.pem" } }
            """,
            ct
        );
        await using var pebble = ServerProcess.Start(
            _network,
            "pebble",
            "env",
            [
                "PEBBLE_VA_SLEEPTIME=3", // certbot's own server has a queue of five, and here are thirty-four names
                "PEBBLE_AUTHZREUSE=100",
                "PEBBLE_WFE_NONCEREJECT=0",
                Tool.Find("pebble")!,
                "-config",
                Path.Combine(folder, "pebble.json"),
                "-dnsserver",
                "127.0.0.1:53",
            ]
        );
        await pebble.WaitForListenerAsync(new(IPAddress.Loopback, 14000), ct);
        string[] commands =
        [
            .. advice.Split('\n').Select(l => l.Trim()).Where(l => l.StartsWith("certbot ", StringComparison.Ordinal)),
        ];
        Assert.Equal(2, commands.Length);
        foreach (var command in commands)
            await CertbotAsync(command.Split(' ')[1..], folder, ct);

        await File.WriteAllTextAsync(CaFile, await RootAsync(ca.RootPem, ct), ct);
    }

    private async Task CertbotAsync(string[] printed, string folder, CancellationToken ct)
    {
        string[] here =
        [
            "--non-interactive",
            "--agree-tos",
            "--register-unsafely-without-email",
            "--server",
            $"https://{Acme}/dir",
            .. CertbotFolders.SelectMany(kind => new[] { $"--{kind}-dir", Path.Combine(folder, "certbot") }),
        ];
        string[] command = [$"REQUESTS_CA_BUNDLE={folder}/ca.pem", "certbot", .. printed, .. here];
        // As an operator does: once more, and what has been validated stays so.
        if ((await Network.RunAsync("env", command, ct)).ExitCode != 0)
            await MustRunAsync("env", command, ct);

        var name = printed[Array.IndexOf(printed, "--cert-name") + 1];
        foreach (var (from, to) in new[] { ("fullchain.pem", "pem"), ("privkey.pem", "key") })
            File.Copy(Path.Combine(folder, "certbot", "live", name, from), Path.Combine(Certificates, $"{name}.{to}"));
    }

    // pebble makes a new root each time it starts, and gives it away at its management address.
    private async Task<string> RootAsync(string pebblesOwnRoot, CancellationToken ct)
    {
        using var trusted = X509Certificate2.CreateFromPem(pebblesOwnRoot);
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.Add(trusted);
        using var client = new HttpClient(
            new SocketsHttpHandler
            {
                SslOptions = new() { CertificateChainPolicy = policy },
                ConnectCallback = async (_, token) =>
                    new NetworkStream(await Network.ConnectAsync(new(IPAddress.Loopback, 15000), token), ownsSocket: true),
            }
        );
        return await client.GetStringAsync(new Uri($"{AcmeManagement}/roots/0"), ct);
    }

    private async Task StartSenderAsync(CancellationToken ct)
    {
        var folder = Make("policyd");
        string[] policyd =
        [
            .. PostsealProgram.Command,
            "policyd",
            "--listen",
            string.Create(CultureInfo.InvariantCulture, $"inet:{Policyd}"),
            "--store",
            Path.Combine(folder, "policies.db"),
            "--dns",
            "127.0.0.1",
            "--ca-file",
            CaFile,
            "--allow-private",
            "--trust-dnssec",
            "yes",
        ];
        var daemon = ServerProcess.Start(_network, "policyd", policyd[0], policyd[1..]);
        await KeepAsync(UpAsync(daemon, s => s.WaitForListenerAsync(Policyd, ct)));

        var root = new MailRoot("sender", Make("sender"));
        File.Copy(CaFile, root.Inside("ca.pem"));
        // One address to send from, as a mail server has: without it the machine would take that of each server it talks to.
        const string settings = """
            smtp_tls_policy_maps = socketmap:inet:127.0.0.1:8461:postfix
            smtp_tls_security_level = dane
            smtp_tls_dane_insecure_mx_policy = may
            smtp_bind_address = 127.0.0.1
            smtp_bind_address_enforce = no
            inet_protocols = all
            dnssec_probe =
            transport_maps =
            """;
        _sender = await KeepAsync(SendingPostfix.StartAsync(root, Network, settings, "", ct));
    }

    private static async Task<ServerProcess> UpAsync(ServerProcess server, Func<ServerProcess, Task> isUp)
    {
        await isUp(server);
        return server;
    }
}
