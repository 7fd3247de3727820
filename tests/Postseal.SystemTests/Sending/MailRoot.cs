using Postseal.SystemTests.Servers;

namespace Postseal.SystemTests.Sending;

/// <summary>Where a Postfix finds its programs and files: the machine's own root, or that of another Debian.</summary>
/// <param name="Name">Names the server in logs.</param>
/// <param name="Folder">The folder of its files, as the test sees it.</param>
/// <param name="Chroot">The other root, which shows the folder as <c>/mnt</c>; null for the machine's own.</param>
public sealed record MailRoot(string Name, string Folder, string? Chroot = null)
{
    /// <summary>A file of the folder as the Postfix sees it.</summary>
    public string Inside(string name) => Path.Combine(Chroot is null ? Folder : "/mnt", name);

    /// <summary>The command line of one of its programs. chroot and env become the program, so signals reach it.</summary>
    public string[] Command(string program, params IEnumerable<string> arguments) =>
        Chroot is null
            ? [program, .. arguments]
            : ["chroot", Chroot, "/usr/bin/env", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", program, .. arguments];

    /// <summary>Runs one of its programs, which must succeed, and returns what it said.</summary>
    public async Task<string> MustRunAsync(
        PrivateNetwork network,
        string program,
        IEnumerable<string> arguments,
        CancellationToken ct
    )
    {
        var command = Command(program, arguments);
        var run = await network.RunAsync(command[0], command[1..], ct);
        return run.ExitCode == 0 ? run.Output : throw new InvalidOperationException(run.ToString());
    }
}
