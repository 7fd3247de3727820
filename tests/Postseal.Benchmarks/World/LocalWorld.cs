using System.Net;
using System.Net.Sockets;

namespace Postseal.Benchmarks.World;

/// <summary>
/// DNS (nsd behind unbound) and policy hosts (nginx) for generated domains: d000000… with an enforce policy, n000000… without one, s000000…
/// whose policy host takes the connection and never says a word; every other name below bench.test does not exist.
/// </summary>
internal sealed class LocalWorld : IAsyncDisposable
{
    public const int Domains = 2000;

    /// <summary>Beyond <see cref="Domains"/>: d002000…, new to a server whose cache is warm.</summary>
    public const int Fresh = 4000;

    public const int Silent = 200;

    private readonly string _folder;
    private readonly Socket _silent = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<ServerProcess> _servers = [];
    private ServerProcess? _resolver;

    private LocalWorld(string folder) => _folder = folder;

    public string CaFile => Path.Combine(_folder, "ca.pem");

    /// <summary>What DNS and policy hosts have used since they started.</summary>
    public TimeSpan CpuTime => _servers.Append(_resolver!).Aggregate(TimeSpan.Zero, (sum, s) => sum + s.CpuTime);

    public string Folder => _folder;

    public static async Task<LocalWorld> StartAsync(string folder, CancellationToken ct)
    {
        var world = new LocalWorld(Directory.CreateDirectory(folder).FullName);
        try
        {
            await world.WriteAsync(ct);
            world._silent.Bind(new IPEndPoint(IPAddress.Parse(Net.Silent), 443));
            world._silent.Listen(1024); // the kernel completes the connections; nobody ever accepts them
            world._servers.Add(await world.ServerAsync("nsd", ["-d", "-c", "nsd.conf"], (Net.Authority, 53), ct));
            world._servers.Add(await world.ServerAsync("nginx", ["-p", ".", "-c", "nginx.conf"], (Net.PolicyWeb, 443), ct));
            await world.ForgetAsync(ct);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>A resolver with nothing in its cache, so that everyone's cold look-ups are equally cold.</summary>
    public async Task ForgetAsync(CancellationToken ct)
    {
        if (_resolver is not null)
            await _resolver.DisposeAsync();

        _resolver = await ServerAsync("unbound", ["-d", "-c", "unbound.conf"], (Net.Resolver, 53), ct);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _resolver is null ? _servers : [.. _servers, _resolver])
            await server.DisposeAsync();

        _silent.Dispose();
    }

    private Task<ServerProcess> ServerAsync(string program, string[] arguments, (string, int) listens, CancellationToken ct)
    {
        var path = $"{Machine.Servers}/{program}";
        string[] command =
        [
            path,
            .. arguments.Select(a => a.EndsWith(".conf", StringComparison.Ordinal) || a == "." ? Path.Combine(_folder, a) : a),
        ];
        return ServerProcess.StartAsync(command, listens, Path.Combine(_folder, $"{program}.log"), ct);
    }

    private async Task WriteAsync(CancellationToken ct)
    {
        using var certificates = new Certificates();
        const int all = Domains + Fresh;
        for (var i = 0; i < all; i++)
            await WriteAsync($"mta-sts.d{i:d6}.bench.test.pem", certificates.ChainPem($"mta-sts.d{i:d6}.bench.test"), ct);

        await WriteAsync("host.key", certificates.HostKeyPem, ct);
        await WriteAsync("ca.pem", certificates.RootPem, ct);
        await WriteAsync("bench.test.zone", Configuration.Zone(all, Domains, Silent), ct);
        await WriteAsync("nsd.conf", Configuration.Nsd(_folder), ct);
        await WriteAsync("unbound.conf", Configuration.Unbound(_folder), ct);
        await WriteAsync("nginx.conf", Configuration.Nginx(_folder, Domains), ct);
    }

    private Task WriteAsync(string file, string text, CancellationToken ct) =>
        File.WriteAllTextAsync(Path.Combine(_folder, file), text, ct);
}
