using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Postseal.Benchmarks.Site;

/// <summary>The processes of this part: the lab, the lookup site in it, and the bare web server beside it. Each has a process of its own, so
/// that memory and CPU time are its own.</summary>
internal sealed class SitePlace : IAsyncDisposable
{
    private readonly string _folder;
    private readonly (string, string)[] _environment;
    private readonly ServerProcess _lab;
    private int _servers;

    private SitePlace(string folder, ServerProcess lab, (string, string)[] environment) =>
        (_folder, _lab, _environment) = (folder, lab, environment);

    private static string Program => Path.Combine(Output("Postseal.Server"), "postseal-server.dll");

    public static bool IsBuilt => File.Exists(Program);

    public static async Task<SitePlace> StartAsync(string folder, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var port = FreePort();
        var log = Path.Combine(folder, "lab.log");
        string[] command = ["dotnet", Program, "lab", "--env", "--dns-port", Text(port)];
        var lab = await ServerProcess.StartAsync(command, ("127.0.0.1", port), log, ct);
        while (!File.ReadAllText(log).Contains("POSTSEAL_SMTP_PORT", StringComparison.Ordinal)) // the last line
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, ct);

        var environment = File.ReadLines(log)
            .Where(l => l.StartsWith("export ", StringComparison.Ordinal))
            .Select(l => l["export ".Length..].Split('=', 2))
            .Select(v => (v[0], v[1]));
        return new(folder, lab, [.. environment]);
    }

    /// <summary>The site as <c>postseal-server --config</c> runs it.</summary>
    /// <param name="web">Lines for <c>[web]</c>; none for the standard limits.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<(ServerProcess Process, IPEndPoint Address)> ServeAsync(string web, CancellationToken ct)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, $"server-{++_servers}")).FullName;
        var (port, config) = (FreePort(), Path.Combine(folder, "server.toml"));
        var text = $"""
            [web]
            listen = ["127.0.0.1:{Text(port)}"]
            {web}
            [private]
            listen = "127.0.0.1:{Text(FreePort())}"
            """;
        await File.WriteAllTextAsync(config, text, ct);
        string[] command = ["dotnet", Program, "--config", config, "--data", folder];
        var log = Path.Combine(folder, "server.log");
        return (
            await ServerProcess.StartAsync(command, ("127.0.0.1", port), log, ct, _environment),
            new(IPAddress.Loopback, port)
        );
    }

    /// <summary>The same server software with nothing behind it: the bytes of this file.</summary>
    public async Task<(ServerProcess Process, IPEndPoint Address)> ServeBareAsync(string file, CancellationToken ct)
    {
        var port = FreePort();
        string[] command = ["dotnet", typeof(SitePlace).Assembly.Location, BareSite.Verb, Text(port), file];
        var log = Path.Combine(_folder, "bare.log");
        return (await ServerProcess.StartAsync(command, ("127.0.0.1", port), log, ct), new(IPAddress.Loopback, port));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    private static string Output(string project)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/')); // artifacts/bin/PROJECT/CONFIGURATION
        return Path.Combine(own.Parent!.Parent!.FullName, project, own.Name);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
