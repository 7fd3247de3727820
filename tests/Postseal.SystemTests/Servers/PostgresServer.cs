namespace Postseal.SystemTests.Servers;

/// <summary>A real PostgreSQL in a temporary folder, as a user without privileges, on a UNIX socket only.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>The socket's name in its folder ends with it; nothing listens on a port.</summary>
    private const int Port = 5432;

    private readonly string _folder;
    private readonly ServerProcess _server;

    private PostgresServer(string folder, ServerProcess server) => (_folder, _server) = (folder, server);

    /// <summary>Why it cannot run; null when it can.</summary>
    public static string? Missing() =>
        !OperatingSystem.IsLinux() ? "The system tests need Linux."
        : Find("initdb") is null || Find("postgres") is null ? "Not installed: postgres. Run build/install-peers.sh."
        : null;

    /// <summary>Makes a new cluster and starts it.</summary>
    public static async Task<PostgresServer> StartAsync(CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("postseal-pg-").FullName;
        try
        {
            string[] user = Environment.IsPrivilegedProcess
                ? ["setpriv", "--reuid", User, "--regid", User, "--clear-groups"]
                : [];
            if (user.Length > 0)
                await Tool.MustRunAsync("chown", [User, folder], ct);

            var data = Path.Combine(folder, "data");
            string[] make =
            [
                .. user,
                Find("initdb")!,
                "-D",
                data,
                "-U",
                "postseal",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
            ];
            await Tool.MustRunAsync(make[0], make[1..], ct);

            // What is written here need not survive.
            string[] settings =
            [
                "fsync=off",
                "synchronous_commit=off",
                "full_page_writes=off",
                "listen_addresses=",
                "max_connections=60",
            ];
            string[] run =
            [
                .. user,
                Find("postgres")!,
                "-D",
                data,
                "-k",
                folder,
                "-p",
                $"{Port}",
                .. settings.SelectMany(s => (string[])["-c", s]),
            ];
            var server = ServerProcess.Start(null, "postgres", Tool.Find(run[0]) ?? run[0], run[1..]);
            await server.WaitForLogAsync("ready to accept connections", ct);
            return new(folder, server);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>How to reach one of its databases.</summary>
    public string ConnectionString(string database) => $"Host={_folder};Port={Port};Username=postseal;Database={database}";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // TERM, its other signal to end, waits until the last client has gone.
        await _server.SignalAsync("INT", CancellationToken.None);
        await _server.WaitForEndAsync(CancellationToken.None);
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string User =>
        File.ReadLines("/etc/passwd").Any(l => l.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    // Debian keeps each version in a folder of its own, which is on nobody's search path.
    private static string? Find(string program) =>
        (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [])
            .OrderByDescending(d => Path.GetFileName(d).Length)
            .ThenByDescending(d => d, StringComparer.Ordinal)
            .Select(d => Path.Combine(d, "bin", program))
            .FirstOrDefault(File.Exists)
        ?? Tool.Find(program);
}
