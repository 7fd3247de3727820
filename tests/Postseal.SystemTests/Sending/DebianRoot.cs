using System.Collections.Concurrent;
using Postseal.SystemTests.Servers;

namespace Postseal.SystemTests.Sending;

/// <summary>
/// A root of some Debian with packages that this machine does not have. Made once for a machine, in about 40 seconds, from the mirror that
/// the machine's own packages come from.
/// </summary>
/// <param name="Suite">Debian's name of the release.</param>
/// <param name="Packages">Separated by commas.</param>
public sealed record DebianRoot(string Suite, string Packages)
{
    private const int Attempts = 3; // a mirror that is just being renewed gives files that do not fit each other

    // Three of them at once on a slow disk, beside other tests.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(30);

    // Whoever needs the same root waits for the same one.
    private static readonly ConcurrentDictionary<DebianRoot, Lazy<Task<(string? Folder, string? Missing)>>> Roots = new();

    /// <summary>Postfix 3.10 and libtlsrpt, which bookworm does not have.</summary>
    public static DebianRoot Trixie { get; } = new("trixie", "postfix,libtlsrpt0");

    /// <summary>Mail servers other than Postfix; one machine holds only one of them.</summary>
    public static DebianRoot OtherServers { get; } = new("bookworm", "exim4-daemon-light,chasquid");

    // The name changes with the list of packages.
    private string Folder => $"/var/cache/postseal-tests/{Suite}-{Packages.Replace(',', '-')}";

    /// <summary>The root's folder, made when it is not there; otherwise the reason why there is none.</summary>
    public Task<(string? Folder, string? Missing)> FindOrMakeAsync(CancellationToken ct) =>
        Roots.GetOrAdd(this, root => new(() => root.MakeAsync(CancellationToken.None))).Value.WaitAsync(ct);

    private async Task<(string? Folder, string? Missing)> MakeAsync(CancellationToken ct)
    {
        if (Directory.Exists(Folder))
            return (Folder, null);

        if (Tool.Find("debootstrap") is null)
            return (null, "Not installed: debootstrap. Run build/install-peers.sh.");

        if (await MirrorAsync(ct) is not { } mirror)
            return (null, $"No mirror of Debian is configured here, so there is no {Packages} of {Suite} to test with.");

        Directory.CreateDirectory(Path.GetDirectoryName(Folder)!);
        for (var attempt = 1; ; attempt++)
        {
            // Whole or not at all, whoever else is at it.
            var making = $"{Folder}.{Guid.NewGuid():N}";
            if (await TryMakeAsync(making, mirror, ct) is not { } problem)
                return (Keep(making), null);

            Discard(making);
            if (attempt == Attempts)
                return (null, $"A root of Debian {Suite} cannot be made: {problem}");

            await Task.Delay(BetweenAttempts, TimeProvider.System, ct);
        }
    }

    private async Task<string?> TryMakeAsync(string folder, string mirror, CancellationToken ct)
    {
        // What is mounted there meanwhile is gone with the program, however that ends.
        string[] making = ["--mount", "debootstrap", "--variant=minbase", $"--include={Packages}", Suite, folder, mirror];
        try
        {
            var run = await Tool.RunAsync("unshare", making, Limit, ct);
            return run.ExitCode == 0 ? null : run.ToString();
        }
        catch (TimeoutException e)
        {
            return e.Message;
        }
    }

    private string Keep(string made)
    {
        try
        {
            Directory.Move(made, Folder);
        }
        catch (IOException) when (Directory.Exists(Folder))
        {
            Discard(made);
        }
        return Folder;
    }

    private static void Discard(string root)
    {
        if (Directory.Exists(root))
            Directory.Delete(root, recursive: true);
    }

    /// <summary>Shows a folder as /mnt of the root, the machine's devices and processes, and the resolv.conf in use, to those in the network alone.</summary>
    public static async Task MountAsync(string root, string folder, PrivateNetwork network, CancellationToken ct)
    {
        const string script = """
            set -e
            mount --bind "$2" "$1/mnt"
            mount --rbind /dev "$1/dev"
            mount --rbind /proc "$1/proc"
            touch "$1/etc/resolv.conf"
            mount --bind /etc/resolv.conf "$1/etc/resolv.conf"
            """;
        var run = await network.RunAsync("sh", ["-c", script, "sh", root, folder], ct);
        if (run.ExitCode != 0)
            throw new InvalidOperationException(run.ToString());
    }

    private static async Task<string?> MirrorAsync(CancellationToken ct)
    {
        if (Tool.Find("apt-get") is null)
            return null;

        string[] question = ["indextargets", "--format", "$(LABEL)|$(REPO_URI)", "Created-By: Packages"];
        var run = await Tool.RunAsync("apt-get", question, ct);
        return run.Output.Split('\n').Select(line => line.Split('|')).FirstOrDefault(parts => parts is ["Debian", _])?[1];
    }
}
