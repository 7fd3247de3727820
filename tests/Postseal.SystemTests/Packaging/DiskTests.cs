using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Postseal.SystemTests.Servers;

namespace Postseal.SystemTests.Packaging;

/// <summary>A daemon whose disk is really full, may not be written or is not there, on a file system of its own. Mail does not wait for that.</summary>
public sealed class DiskTests
{
    private static readonly byte[] Question = "11:postfix .x.,"u8.ToArray(); // answered from memory
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <summary>What is done to the folder of the store before the start, and what makes it well again. Both run in the daemon's mount namespace.</summary>
    [Theory]
    [InlineData(
        "a full disk",
        "mount -t tmpfs -o size=64k store $D; dd if=/dev/zero of=$D/fill bs=4k 2>/dev/null || true",
        "rm $D/fill"
    )]
    [InlineData("a read-only disk", "mount -t tmpfs -o ro,size=1m store $D", "mount -o remount,rw $D")]
    [InlineData(
        "a store on a disk that became read-only",
        "mount -t tmpfs -o size=1m store $D; : >$D/policies.db; mount -o remount,ro $D",
        "mount -o remount,rw $D"
    )]
    [InlineData("a folder that is not there", "mount -t tmpfs -o size=1m store $D; D=$D/none", "mkdir $D/none")]
    public async Task It_starts_answers_and_says_so_and_takes_the_store_up_when_it_can(string what, string before, string mend)
    {
        Peers.Demand(
            OperatingSystem.IsLinux()
            && Environment.IsPrivilegedProcess
            && Tool.Find("unshare") is not null
            && Tool.Find("nsenter") is not null
                ? null
                : "A file system of its own needs Linux, root and util-linux."
        );
        using var deadline = new CancellationTokenSource(Limit, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, TestContext.Current.CancellationToken);
        var folder = Directory.CreateTempSubdirectory("postseal-disk-").FullName;
        var (place, status) = (FreePort(), FreePort());
        await using (var daemon = Start(folder, before, place, status))
        {
            await daemon.WaitForListenerAsync(place, both.Token);
            await daemon.WaitForListenerAsync(status, both.Token);
            Assert.Contains("There is no policy store", string.Join('\n', daemon.LogFrom(0)), StringComparison.Ordinal);
            Assert.Equal("9:NOTFOUND ,", await AskAsync(place, both.Token));
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false })
            {
                BaseAddress = new($"http://{status}/"),
            };
            Assert.StartsWith(
                "degraded",
                await http.GetStringAsync(new Uri("healthz", UriKind.Relative), both.Token),
                StringComparison.Ordinal
            );
            Assert.Contains(
                "store_up 0",
                await http.GetStringAsync(new Uri("metrics", UriKind.Relative), both.Token),
                StringComparison.Ordinal
            );

            var mended = await Tool.RunAsync(
                "nsenter",
                ["--target", daemon.Id.ToString(CultureInfo.InvariantCulture), "--mount", "sh", "-ec", $"D={folder}; {mend}"],
                both.Token
            );
            Assert.True(mended.ExitCode == 0, $"{what}: {mended}");
            await daemon.WaitForLogAsync("what was learned without it is written", 0, both.Token);
            Assert.Equal("ok\n", await http.GetStringAsync(new Uri("healthz", UriKind.Relative), both.Token));
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task<string> AskAsync(IPEndPoint place, CancellationToken ct)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(place, ct);
        await client.GetStream().WriteAsync(Question, ct);
        var reply = new byte[12];
        await client.GetStream().ReadExactlyAsync(reply, ct);
        return Encoding.ASCII.GetString(reply);
    }

    private static ServerProcess Start(string folder, string before, IPEndPoint place, IPEndPoint status) =>
        ServerProcess.Start(
            inside: null,
            "policyd",
            "unshare",
            [
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-ec",
                $"D={folder}; {before}; exec \"$@\" --store $D/policies.db",
                "sh",
                .. Cli.PostsealProgram.CommandLine,
                "policyd",
                "--listen",
                $"inet:{place}",
                "--http",
                $"{status}",
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
