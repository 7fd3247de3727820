using Postseal.Benchmarks.World;

namespace Postseal.Benchmarks.Policyd;

/// <summary>A socketmap server to be measured: how it starts with nothing stored, and whether it looks anything up.</summary>
internal sealed record Contender(string Name, bool LooksUp, Func<LocalWorld, string, string[]> Command)
{
    /// <summary>The program under test.</summary>
    public const string Ours = "policyd";

    /// <summary>The same program as it was before a change.</summary>
    public const string Before = "policyd before";

    public static Contender BareC(Tools tools) => new("bare C", false, (_, _) => [tools.ConstantServer, $"{Net.SocketmapPort}"]);

    /// <summary>Debian's postfix-mta-sts-resolver with its faster cache, the one in memory.</summary>
    public static Contender Debian { get; } =
        new(
            "Debian's daemon",
            true,
            (_, folder) =>
            {
                var file = Path.Combine(folder, "daemon.yml");
                File.WriteAllText(file, $"host: 127.0.0.1\nport: {Net.SocketmapPort}\ncache:\n  type: internal\n");
                return [Machine.DebianDaemon, "-v", "error", "-c", file];
            }
        );

    public static Contender Policyd(string program, string name = Ours) =>
        new(
            name,
            true,
            (world, folder) =>
                [
                    program,
                    "policyd",
                    $"--listen=inet:127.0.0.1:{Net.SocketmapPort}",
                    $"--store={Path.Combine(folder, "policies.db")}",
                    $"--dns={Net.Resolver}:53",
                    $"--ca-file={world.CaFile}",
                    "--allow-private",
                    "--dnssec-probe=bench.test",
                    "--log-level=error",
                ]
        );

    public Task<ServerProcess> StartAsync(LocalWorld world, string folder, CancellationToken ct) =>
        StartAsync(world, folder, Net.SocketmapPort, ct);

    public async Task<ServerProcess> StartAsync(LocalWorld world, string folder, int port, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var log = Path.Combine(folder, "server.log");
        return await ServerProcess.StartAsync(
            Command(world, folder),
            ("127.0.0.1", port),
            log,
            ct,
            ("SSL_CERT_FILE", world.CaFile) // how OpenSSL's users, Python among them, learn of another root
        );
    }
}
