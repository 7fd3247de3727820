using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Postseal.SystemTests.Servers;

/// <summary>One real server in the foreground, its log, and its end. Only processes started here are ever signalled.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    // Long enough for a cold policy and a handshake with each MX host on a loaded machine.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly string _name;
    private readonly PrivateNetwork? _inside;
    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly List<string> _log = [];
    private bool _disposed;

    private ServerProcess(PrivateNetwork? inside, string name, Process process) =>
        (_inside, _name, _process) = (inside, name, process);

    /// <summary>Starts a program that stays in the foreground and logs to stdout or stderr.</summary>
    /// <param name="inside">The network it lives in; null for the machine's own.</param>
    public static ServerProcess Start(PrivateNetwork? inside, string name, string program, params string[] arguments)
    {
        var command = inside?.Enter(program, arguments) ?? [program, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Tool.ForgetSettings(start);
        var server = new ServerProcess(inside, name, new Process { StartInfo = start });
        server._process.OutputDataReceived += server.Keep;
        server._process.ErrorDataReceived += server.Keep;
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

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
        UpOrGoneAsync(WaitAsync($"listens on {place}", async token => await AcceptsAsync(place, token), ct));

    /// <summary>Waits until the log has a line with this text.</summary>
    public Task WaitForLogAsync(string text, CancellationToken ct) => UpOrGoneAsync(WaitForLogAsync(text, 0, ct));

    /// <summary>Waits until the log of a server that is up has a line with this text at or after the line given.</summary>
    public Task WaitForLogAsync(string text, int from, CancellationToken ct) =>
        WaitAsync($"logs “{text}”", _ => Task.FromResult(LogFrom(from).Any(l => l.Contains(text, StringComparison.Ordinal))), ct);

    /// <summary>Sends it a signal, <c>HUP</c> say.</summary>
    // .NET itself can only kill.
    public Task SignalAsync(string signal, CancellationToken ct) => Tool.MustRunAsync("sh", ["-c", $"kill -{signal} {Id}"], ct);

    /// <summary>Waits until it has ended and returns its exit code.</summary>
    public async Task<int> WaitForEndAsync(CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(Limit, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        await _process.WaitForExitAsync(both.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;

        using (_process)
        {
            if (_process.HasExited)
                return;

            using var deadline = new CancellationTokenSource(Limit, TimeProvider.System);
            try
            {
                // The servers shall end in good order and take their children with them.
                await SignalAsync("TERM", deadline.Token);
                await _process.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None); // the next one takes its ports
            }
        }
    }

    private async Task WaitAsync(string what, Func<CancellationToken, Task<bool>> happened, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(Limit, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        try
        {
            while (!await happened(both.Token))
            {
                if (_process.HasExited)
                    throw Failed($"ended with exit code {_process.ExitCode} before it {what}");

                await Task.Delay(PollInterval, TimeProvider.System, both.Token);
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw Failed($"did not come to the point where it {what} within {Limit}");
        }
    }

    /// <summary>A server that does not come up is ended.</summary>
    private async Task UpOrGoneAsync(Task waiting)
    {
        try
        {
            await waiting;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private async Task<bool> AcceptsAsync(IPEndPoint place, CancellationToken ct)
    {
        try
        {
            using var client = new TcpClient(place.AddressFamily);
            if (_inside is null)
                await client.ConnectAsync(place, ct);
            else
                (await _inside.ConnectAsync(place, ct)).Dispose();

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
