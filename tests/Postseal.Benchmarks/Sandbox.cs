using System.Diagnostics;

namespace Postseal.Benchmarks;

/// <summary>
/// Its own network, mounts and processes for the whole run: port 443 and 53 on loopback are ours, nothing outside is reached, the system's
/// resolv.conf is not touched, and what is still running at the end ends with the last process.
/// </summary>
internal static class Sandbox
{
    private const string Inside = "POSTSEAL_BENCH_INSIDE";

    // The daemon of Debian knows no option for its resolver: it reads this file.
    private const string Prepare = """
        ip link set lo up
        mount --bind "$1" /etc/resolv.conf
        shift
        exec "$@"
        """;

    public static bool IsInside => Environment.GetEnvironmentVariable(Inside) is not null;

    /// <summary>Runs this very program again inside; its exit code, or null where the machine does not allow it.</summary>
    public static async Task<int?> RunAsync(string[] arguments, string folder, CancellationToken ct)
    {
        var resolvConf = Path.Combine(folder, "resolv.conf");
        await File.WriteAllTextAsync(resolvConf, $"nameserver {Net.Resolver}\noptions timeout:5 attempts:1\n", ct);
        string[] space = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
        if (!Environment.IsPrivilegedProcess)
            space = ["--user", "--map-root-user", .. space];

        if (await ExitCodeAsync([.. space, "true"], ct) != 0)
            return null;

        return await ExitCodeAsync(
            [.. space, "sh", "-ec", Prepare, "sh", resolvConf, Environment.ProcessPath!, .. SelfArguments(), .. arguments],
            ct
        );
    }

    private static string[] SelfArguments() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(Sandbox).Assembly.Location] : [];

    private static async Task<int> ExitCodeAsync(string[] arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo("unshare", arguments);
        start.Environment[Inside] = "1";
        try
        {
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync(ct);
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
