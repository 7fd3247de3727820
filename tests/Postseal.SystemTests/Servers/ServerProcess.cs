using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Postseal.SystemTests.Servers;

/// <summary>One real server in the foreground, its log, and its end. Only processes started here are ever signalled.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly string _name;
    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly List<string> _log = [];

    private ServerProcess(string name, Process process) => (_name, _process) = (name, process);

    /// <summary>Starts a program that stays in the foreground and logs to stdout or stderr.</summary>
    public static ServerProcess Start(string name, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        var server = new ServerProcess(name, new Process { StartInfo = start });
        server._process.OutputDataReceived += server.Keep;
        server._process.ErrorDataReceived += server.Keep;
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    /// <summary>How many lines it has logged so far.</summary>
    public int LogLength
    {
        get
        {
            lock (_gate)
                return _log.Count;
        }
    }

    /// <summary>The log from one line on, each line with the server's name before it.</summary>
    public IReadOnlyList<string> LogFrom(int line)
    {
        lock (_gate)
            return [.. _log.Skip(line).Select(text => $"{_name}: {text}")];
    }

    /// <summary>Waits until something accepts connections at the place; a server that ends before that is an error with its log.</summary>
    public Task WaitForListenerAsync(IPEndPoint place, CancellationToken ct) =>
        WaitAsync($"listens on {place}", async token => await AcceptsAsync(place, token), ct);

    /// <summary>Waits until the log has a line with this text.</summary>
    public Task WaitForLogAsync(string text, CancellationToken ct) =>
        WaitAsync($"logs “{text}”", _ => Task.FromResult(LogFrom(0).Any(l => l.Contains(text, StringComparison.Ordinal))), ct);

    public async ValueTask DisposeAsync()
    {
        using (_process)
        {
            if (_process.HasExited)
                return;

            using var deadline = new CancellationTokenSource(StopLimit, TimeProvider.System);
            try
            {
                // .NET itself can only kill; the servers shall end in good order and take their children with them.
                await Tool.RunAsync("sh", ["-c", $"kill -TERM {_process.Id}"], deadline.Token);
                await _process.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }
    }

    private async Task WaitAsync(string what, Func<CancellationToken, Task<bool>> happened, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(StartLimit, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        var up = false;
        try
        {
            while (!await happened(both.Token))
            {
                if (_process.HasExited)
                    throw Failed($"ended with exit code {_process.ExitCode} before it {what}");

                await Task.Delay(PollInterval, TimeProvider.System, both.Token);
            }

            up = true;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw Failed($"did not come to the point where it {what} within {StartLimit}");
        }
        finally
        {
            if (!up)
                await DisposeAsync();
        }
    }

    private static async Task<bool> AcceptsAsync(IPEndPoint place, CancellationToken ct)
    {
        using var client = new TcpClient(place.AddressFamily);
        try
        {
            await client.ConnectAsync(place, ct);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private InvalidOperationException Failed(string what) => new($"{_name} {what}:\n{string.Join('\n', LogFrom(0))}");

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
            return;

        lock (_gate)
            _log.Add(line.Data);
    }
}
