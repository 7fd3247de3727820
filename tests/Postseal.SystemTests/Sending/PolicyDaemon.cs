using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Postseal.SystemTests.Cli;
using Postseal.SystemTests.Servers;

namespace Postseal.SystemTests.Sending;

/// <summary><c>postseal policyd</c> as an operator would run it, in the network of the sender.</summary>
public sealed class PolicyDaemon : IAsyncDisposable
{
    /// <summary>Where Postfix asks.</summary>
    public const int Port = 8461;

    private static readonly IPEndPoint Status = new(IPAddress.Loopback, 8462);

    private readonly HttpClient _http;
    private readonly HttpClient _commands;

    private PolicyDaemon(ServerProcess server, HttpClient http, string folder)
    {
        (Server, _http, ControlSocket) = (server, http, Control(folder));
        _commands = new(
            new SocketsHttpHandler
            {
                ConnectCallback = async (_, ct) =>
                {
                    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(Control(folder)), ct);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            }
        )
        {
            BaseAddress = new("http://localhost"),
            Timeout = TimeSpan.FromSeconds(30),
        };
    }

    /// <summary>Where it takes commands.</summary>
    public string ControlSocket { get; }

    /// <summary>The process.</summary>
    public ServerProcess Server { get; }

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="folder">Where it keeps its store.</param>
    /// <param name="more">More options.</param>
    public static async Task<PolicyDaemon> StartAsync(
        SendingInternet internet,
        string folder,
        IEnumerable<string> more,
        CancellationToken ct
    )
    {
        // What is ignored at the start stays so: tests that run under nohup have a daemon that hears the signal all the same.
        string[] command =
        [
            "env",
            "--default-signal=HUP",
            .. PostsealProgram.Command,
            "policyd",
            .. Options(internet, folder),
            .. more,
        ];
        var server = ServerProcess.Start(internet.Network, "policyd", command[0], command[1..]);
        await server.WaitForListenerAsync(new(IPAddress.Loopback, Port), ct);
        await server.WaitForListenerAsync(Status, ct);
        return new(server, Connect(internet.Network), folder);
    }

    /// <summary>Options that let it live in this network.</summary>
    public static string[] Options(SendingInternet internet, string folder) =>
        [
            "--listen",
            string.Create(CultureInfo.InvariantCulture, $"inet:127.0.0.1:{Port}"),
            "--http",
            Status.ToString(),
            "--control",
            $"unix:{Control(folder)}",
            "--store",
            Path.Combine(folder, "policies.db"),
            "--dns",
            internet.Net.Resolver.Address.ToString(),
            "--ca-file",
            internet.CaFile,
            "--allow-private",
            // Of the zones here the one that is signed.
            "--dnssec-probe",
            "secure.test",
            "--log-level",
            "debug",
        ];

    /// <summary>What <c>GET /explain/DOMAIN</c> says.</summary>
    public Task<string> ExplainAsync(string domain, CancellationToken ct) =>
        _http.GetStringAsync(new Uri($"/explain/{domain}", UriKind.Relative), ct);

    /// <summary>Waits until what it says of a domain has this text. Beside a policy it waits two seconds for DANE and for the MX hosts that a
    /// wildcard stands for, and gives the policy alone where they take longer, as on a loaded machine.</summary>
    public async Task SaysAsync(string domain, string text, CancellationToken ct)
    {
        var said = "";
        if (
            !await Until.IsSoAsync(
                async () => (said = await ExplainAsync(domain, ct)).Contains(text, StringComparison.Ordinal),
                ct
            )
        )
            throw new TimeoutException($"The daemon does not say “{text}” of {domain}: {said}");
    }

    /// <summary><c>POST /refresh/DOMAIN</c>, through the control socket.</summary>
    public async Task RefreshAsync(string domain, CancellationToken ct)
    {
        using var answer = await _commands.PostAsync(new Uri($"/refresh/{domain}", UriKind.Relative), null, ct);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _commands.Dispose();
        await Server.DisposeAsync();
        // The runner prints this for a failed test only.
        foreach (var line in Server.LogFrom(0))
            TestContext.Current.TestOutputHelper?.WriteLine(line);
    }

    private static string Control(string folder) => Path.Combine(folder, "control.sock");

    private static HttpClient Connect(PrivateNetwork network)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, ct) => new NetworkStream(await network.ConnectAsync(Status, ct), ownsSocket: true),
        };
        return new(handler) { BaseAddress = new($"http://{Status}"), Timeout = TimeSpan.FromSeconds(30) };
    }
}
