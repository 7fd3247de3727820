using Postseal.SystemTests.Servers;

namespace Postseal.SystemTests.Packaging;

/// <summary>A package made by build/make-deb.sh from the program under test: the native one that <c>POSTSEAL_PROGRAM</c> names, or the build beside these tests.</summary>
public sealed class DebPackage : IAsyncLifetime
{
    private static readonly string[] Needed = ["dpkg-deb", "dpkg", "unshare", "adduser", "git"];

    /// <summary>Where the package is.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("postseal-deb-").FullName;

    /// <summary>The package; empty when it cannot be made here.</summary>
    public string File { get; private set; } = "";

    /// <summary>The version in the package's name.</summary>
    public string Version => Path.GetFileName(File).Split('_')[1];

    /// <summary>Why no package can be made and tried here; null when it can.</summary>
    public string? Missing { get; private set; }

    /// <summary>A file of the source tree.</summary>
    public static string Source(string path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(Path.Combine(folder!.FullName, "Postseal.slnx")))
            folder = folder.Parent;

        return Path.Combine(folder.FullName, path);
    }

    /// <summary>Makes the package in a folder and returns its path.</summary>
    public static async Task<string> BuildAsync(string folder, CancellationToken ct) =>
        (await Tool.MustRunAsync("env", ["COMPRESSION=none", "sh", Source("build/make-deb.sh"), Program(), folder], ct))
            .Trim()
            .Split('\n')[^1];

    public async ValueTask InitializeAsync()
    {
        Missing = await MissingAsync(CancellationToken.None);
        if (Missing is null)
            File = await BuildAsync(Folder, CancellationToken.None);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string Program()
    {
        if (Environment.GetEnvironmentVariable("POSTSEAL_PROGRAM") is { Length: > 0 } program)
            return Path.GetDirectoryName(Path.GetFullPath(program))!;

        var configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));
        return Source($"artifacts/bin/Postseal.Cli/{configuration}");
    }

    private static async Task<string?> MissingAsync(CancellationToken ct)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return "Trying a Debian package needs Linux and root.";

        var absent = Needed.Where(p => Tool.Find(p) is null).ToList();
        if (absent.Count > 0)
            return $"Not installed: {string.Join(", ", absent)}.";

        var empty = Directory.CreateTempSubdirectory("postseal-scratch-").FullName;
        var run = await Tool.RunAsync("sh", [Source("tests/Postseal.SystemTests/Packaging/scratch-root.sh"), empty, "true"], ct);
        Directory.Delete(empty);
        return run.ExitCode == 0
            ? null
            : $"No throw-away copy of this machine can be made here (overlay, namespaces): {run.Errors.Trim()}";
    }
}
