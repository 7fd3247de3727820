using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Postseal.SystemTests.Servers;

namespace Postseal.SystemTests.Packaging;

/// <summary>A daemon that runs out of descriptors, as a service manager may limit them.</summary>
public sealed class DescriptorTests
{
    private const int MaxDescriptors = 200;
    private static readonly byte[] Question = "11:postfix .x.,"u8.ToArray(); // answered from memory: no host of DNS is asked for a parent
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Out_of_descriptors_it_answers_those_connected_and_takes_the_others_when_some_are_free()
    {
        Peers.Demand(OperatingSystem.IsLinux() ? null : "Descriptors are limited as on Linux.");
        using var deadline = new CancellationTokenSource(Limit, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, TestContext.Current.CancellationToken);
        var folder = Directory.CreateTempSubdirectory("postseal-descriptors-").FullName;
        var place = FreePort();
        await using var daemon = Start(folder, place);
        await daemon.WaitForListenerAsync(place, both.Token);
        var clients = new List<TcpClient>();
        try
        {
            // One is left over that the kernel has connected and the daemon cannot take.
            var paused = daemon.WaitForLogAsync("No connection can be accepted for a moment", 0, both.Token);
            Task waiting = Task.CompletedTask;
            while (!paused.IsCompleted)
            {
                Assert.True(clients.Count < MaxDescriptors, "more connections than descriptors");
                await waiting;
                clients.Add(new TcpClient());
                await clients[^1].ConnectAsync(place, both.Token);
                waiting = AskAsync(clients[^1], both.Token);
                await Task.WhenAny(waiting, paused);
            }

            await paused;
            Assert.False(waiting.IsCompleted);
            foreach (var client in clients.Take(5))
                await AskAsync(client, both.Token);

            clients.Take(20).ToList().ForEach(c => c.Dispose());
            await waiting;
            Assert.Single(daemon.LogFrom(0), l => l.Contains("No connection can be accepted", StringComparison.Ordinal));
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task AskAsync(TcpClient client, CancellationToken ct)
    {
        await client.GetStream().WriteAsync(Question, ct);
        var reply = new byte[12];
        await client.GetStream().ReadExactlyAsync(reply, ct);
        Assert.Equal("9:NOTFOUND ,", Encoding.ASCII.GetString(reply));
    }

    private static ServerProcess Start(string folder, IPEndPoint place) =>
        ServerProcess.Start(
            inside: null,
            "policyd",
            "sh",
            [
                "-c",
                string.Create(CultureInfo.InvariantCulture, $"ulimit -n {MaxDescriptors} && exec \"$@\""),
                "sh",
                .. Cli.PostsealProgram.CommandLine,
                "policyd",
                "--listen",
                $"inet:{place}",
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
}
