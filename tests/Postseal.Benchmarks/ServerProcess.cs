using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Postseal.Benchmarks;

/// <summary>A server this run has started: its memory and CPU time from /proc, and its end.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const double TicksPerSecond = 100; // sysconf(_SC_CLK_TCK) of every Linux that .NET runs on
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly StreamWriter _log;

    private ServerProcess(Process process, string log)
    {
        _process = process;
        _log = new StreamWriter(log, append: true) { AutoFlush = true };
        process.OutputDataReceived += (_, e) => Write(e.Data);
        process.ErrorDataReceived += (_, e) => Write(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Starts it and waits until it takes connections.</summary>
    public static async Task<ServerProcess> StartAsync(
        string[] command,
        (string Host, int Port) listens,
        string log,
        CancellationToken ct,
        params (string Name, string Value)[] environment
    )
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        var server = new ServerProcess(Process.Start(start)!, log);
        try
        {
            await server.ReadyAsync(listens.Host, listens.Port, log, ct);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public double ResidentMegabytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            return double.Parse(line["VmRSS:".Length..^"kB".Length], CultureInfo.InvariantCulture) / 1024;
        }
    }

    /// <summary>Its own and that of the workers it has forked.</summary>
    public TimeSpan CpuTime =>
        Directory
            .GetDirectories("/proc")
            .Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0]))
            .Select(Stat)
            .Where(p => p.Id == _process.Id || p.Parent == _process.Id)
            .Aggregate(TimeSpan.Zero, (sum, p) => sum + p.Cpu);

    /// <summary>Asks it to end, as a service manager would; at once where it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync(CancellationToken.None);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), TimeProvider.System);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        _process.Dispose();
        lock (_log)
            _log.Dispose();
    }

    private static (int Id, int Parent, TimeSpan Cpu) Stat(string process)
    {
        string stat;
        try
        {
            stat = File.ReadAllText(Path.Combine(process, "stat"));
        }
        catch (IOException)
        {
            return default; // it has just ended
        }

        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // the name before may contain blanks; utime and stime are fields 14 and 15
        var ticks = Number(fields[11]) + Number(fields[12]);
        return ((int)Number(Path.GetFileName(process)), (int)Number(fields[1]), TimeSpan.FromSeconds(ticks / TicksPerSecond));
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private async Task ReadyAsync(string host, int port, string log, CancellationToken ct)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (_process.HasExited || TimeProvider.System.GetElapsedTime(began) > ReadyLimit)
                throw new InvalidOperationException($"{_process.StartInfo.FileName} did not start:\n{Tail(log)}");

            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(host, port, ct);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, ct);
            }
        }
    }

    private string Tail(string log)
    {
        lock (_log)
            _log.Flush();
        return string.Join('\n', File.ReadLines(log).TakeLast(10));
    }

    private void Write(string? line)
    {
        lock (_log)
            if (line is not null && _log.BaseStream is { CanWrite: true })
                _log.WriteLine(line);
    }
}
