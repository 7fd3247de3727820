using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Postseal.SystemTests.Servers;

/// <summary>
/// A network with nothing but a loopback of its own, in which every port is free, and an <c>/etc/resolv.conf</c> of its own: what a real
/// sender needs, which knows ports 25 and 53 only. It lasts as long as the one process that holds it.
/// </summary>
public sealed class PrivateNetwork : IAsyncDisposable
{
    private const int CloneNewNet = 0x40000000;

    private readonly ServerProcess _holder;

    private PrivateNetwork(ServerProcess holder) => _holder = holder;

    /// <summary>Makes one.</summary>
    /// <param name="resolvConf">The file that stands for <c>/etc/resolv.conf</c>; it may be written to afterwards.</param>
    public static async Task<PrivateNetwork> MakeAsync(string resolvConf, CancellationToken ct)
    {
        await File.WriteAllTextAsync(resolvConf, "", ct);
        var script = $"ip link set lo up && mount --bind {resolvConf} /etc/resolv.conf && echo ready && exec sleep infinity";
        var holder = ServerProcess.Start(null, "network", Tool.Find("unshare")!, "--net", "--mount", "sh", "-c", script);
        await holder.WaitForLogAsync("ready", ct);
        return new(holder);
    }

    /// <summary>The command line that runs a program in it. nsenter becomes the program, so signals reach it.</summary>
    public string[] Enter(string program, params IEnumerable<string> arguments) =>
        [Tool.Find("nsenter")!, "-t", $"{_holder.Id}", "-n", "-m", Tool.Find(program) ?? program, .. arguments];

    /// <summary>Runs a program to its end in it.</summary>
    public Task<ToolRun> RunAsync(string program, IEnumerable<string> arguments, CancellationToken ct)
    {
        var command = Enter(program, arguments);
        return Tool.RunAsync(command[0], command[1..], ct);
    }

    /// <summary>Connects from it to a place in it.</summary>
    public async Task<Socket> ConnectAsync(IPEndPoint place, CancellationToken ct)
    {
        var socket = await MakeSocketAsync();
        try
        {
            await socket.ConnectAsync(place, ct);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Listens in it at a place nobody else listens at.</summary>
    public async Task<Socket> ListenAsync(IPEndPoint place, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var socket = await MakeSocketAsync();
        socket.Bind(place);
        socket.Listen();
        return socket;
    }

    public ValueTask DisposeAsync() => _holder.DisposeAsync();

    // A socket belongs for ever to the network of the thread that made it; a thread for each, as no pool thread may be left elsewhere.
    private Task<Socket> MakeSocketAsync()
    {
        var made = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                using var network = File.OpenHandle($"/proc/{_holder.Id}/ns/net");
                if (Enter(network.DangerousGetHandle().ToInt32(), CloneNewNet) != 0)
                    throw new InvalidOperationException($"setns: {Marshal.GetLastPInvokeErrorMessage()}");

                made.SetResult(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            }
            catch (Exception e)
            {
                made.SetException(e);
            }
        });
        thread.Start();
        return made.Task;
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static extern int Enter(int descriptor, int kind);
}
