using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Postseal.SystemTests.Servers;

namespace Postseal.SystemTests.Packaging;

/// <summary>What systemd needs of the units and of the daemon, without a systemd that runs.</summary>
public sealed partial class ServiceTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Systemd_finds_nothing_wrong_with_the_units()
    {
        Peers.Demand(Tool.Find("systemd-analyze") is null ? "Not installed: systemd." : null);
        var folder = Directory.CreateTempSubdirectory("postseal-units-").FullName;
        foreach (var unit in Directory.GetFiles(DebPackage.Source("packaging/systemd")))
        {
            // It looks for the program and the man page, which are not installed here.
            var text = Program().Replace(await File.ReadAllTextAsync(unit, Ct), "ExecStart=/bin/true");
            var lines = text.Split('\n').Where(l => !l.StartsWith("Documentation=", StringComparison.Ordinal));
            await File.WriteAllLinesAsync(Path.Combine(folder, Path.GetFileName(unit)), lines, Ct);
        }

        var run = await Tool.RunAsync("systemd-analyze", ["verify", .. Directory.GetFiles(folder)], Ct);
        Directory.Delete(folder, recursive: true);

        Assert.True(run is { ExitCode: 0, Errors: "" }, run.ToString());
    }

    [Fact]
    public async Task The_daemon_takes_the_socket_that_systemd_hands_over_answers_and_says_that_it_is_ready()
    {
        Peers.Demand(Tool.Find("systemd-socket-activate") is null ? "Not installed: systemd." : null);
        using var deadline = new CancellationTokenSource(Limit, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, Ct);
        var folder = Directory.CreateTempSubdirectory("postseal-activation-").FullName;
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, "notify")));
        var place = FreePort();

        string answer;
        var said = new byte[4096];
        int length;
        await using (var daemon = Activated(folder, place))
        {
            await daemon.WaitForLogAsync("Listening on", both.Token);
            using var client = new TcpClient();
            await client.ConnectAsync(place, both.Token);
            await client.GetStream().WriteAsync("20:postfix .example.com,"u8.ToArray(), both.Token);
            var reply = new byte[12];
            await client.GetStream().ReadExactlyAsync(reply, both.Token);
            answer = Encoding.ASCII.GetString(reply);
            length = await manager.ReceiveAsync(said, both.Token);
        }

        Directory.Delete(folder, recursive: true);
        Assert.Equal("9:NOTFOUND ,", answer);
        Assert.Contains("READY=1", Encoding.ASCII.GetString(said, 0, length).Split('\n'));
    }

    private static ServerProcess Activated(string folder, IPEndPoint place) =>
        ServerProcess.Start(
            inside: null,
            "policyd",
            Tool.Find("systemd-socket-activate")!,
            [
                "-l",
                place.ToString(),
                "-E",
                $"NOTIFY_SOCKET={Path.Combine(folder, "notify")}",
                .. Cli.PostsealProgram.CommandLine,
                "policyd",
                "--store",
                Path.Combine(folder, "policies.db"),
                "--dns",
                string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{place.Port}"), // nobody is asked
            ]
        );

    private static IPEndPoint FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }

    [System.Text.RegularExpressions.GeneratedRegex("(?m)^ExecStart=\\S+")]
    private static partial System.Text.RegularExpressions.Regex Program();
}
