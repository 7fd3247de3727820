using System.Globalization;
using System.Runtime.InteropServices;

namespace Postseal.Benchmarks;

/// <summary>What the figures were measured on, and what this machine lacks to measure them.</summary>
internal static class Machine
{
    /// <summary>Where Debian's packages have their servers; seldom in a user's PATH.</summary>
    public const string Servers = "/usr/sbin";

    public const string DebianDaemon = "/usr/bin/mta-sts-daemon";

    private static readonly string[] Needed =
    [
        $"{Servers}/nsd",
        $"{Servers}/unbound",
        $"{Servers}/nginx",
        DebianDaemon,
        "/usr/bin/cc",
        "/usr/bin/unshare",
    ];

    public static string Describe()
    {
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores ({Processor()}), {memory} GB, {Distribution()}, Linux {Environment.OSVersion.Version.ToString(2)}, {TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, load average before: {load}"
        );
    }

    public static string[] Missing() => [.. Needed.Where(n => !File.Exists(n))];

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[1]
        ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static string Distribution() =>
        File.ReadLines("/etc/os-release")
            .FirstOrDefault(l => l.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))
            ?["PRETTY_NAME=".Length..].Trim('"')
        ?? "unknown system";
}
