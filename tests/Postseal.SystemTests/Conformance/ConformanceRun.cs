using System.Text.Json;
using Postseal.Server.SenderTest.Documents;
using Postseal.SystemTests.Sending;
using Postseal.SystemTests.Servers;

namespace Postseal.SystemTests.Conformance;

/// <summary>One sender under <c>postseal-server sender-test</c>, in a network of its own in which the lab has the ports that senders know.</summary>
internal sealed record ConformanceRun(SenderSetup Sender, string Version, int ExitCode, RunDocument Result, string Log)
{
    // Cases that change wait for minutes, twice.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static readonly string[] Program =
    [
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
        Path.Combine(AppContext.BaseDirectory, "postseal-server.dll"),
        "sender-test",
    ];

    /// <summary>The verdict about a case.</summary>
    public string this[string id] => Result.Cases.Single(c => c.Id == id).Verdict;

    /// <summary>The cases with one verdict.</summary>
    public IEnumerable<string> With(string verdict) => Result.Cases.Where(c => c.Verdict == verdict).Select(c => c.Id);

    /// <summary>Runs it to the end.</summary>
    public static async Task<ConformanceRun> RunAsync(SenderSetup sender, CancellationToken ct)
    {
        var (root, missing) = sender.Root is null ? (null, null) : await sender.Root.FindOrMakeAsync(ct);
        Peers.Demand(missing);
        var folder = Directory.CreateTempSubdirectory("postseal-conformance-").FullName;
        try
        {
            await using var network = await PrivateNetwork.MakeAsync(Path.Combine(folder, "resolv.conf"), ct);
            // The lab answers as a validating resolver on this machine does.
            await File.WriteAllTextAsync(
                Path.Combine(folder, "resolv.conf"),
                "nameserver 127.0.0.1\noptions edns0 trust-ad\n",
                ct
            );
            if (root is not null)
                await DebianRoot.MountAsync(root, folder, network, ct);

            var place = new MailRoot("sender", folder, root);
            await WriteAsync(sender, place, ct);
            var version = await place.MustRunAsync(network, sender.Version[0], sender.Version.Skip(1), ct);
            return await PlayAsync(sender, place, network, version, ct);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<ConformanceRun> PlayAsync(
        SenderSetup sender,
        MailRoot place,
        PrivateNetwork network,
        string version,
        CancellationToken ct
    )
    {
        string[] arguments =
        [
            .. Program[1..],
            "--json",
            "--via",
            $"127.0.0.1:{sender.Port}",
            .. sender.Options,
            "--dns-port=53",
            "--https-port=443",
            "--smtp-port=25",
            "--",
            "sh",
            Path.Combine(place.Folder, "start.sh"),
        ];
        var command = network.Enter(Program[0], arguments);
        var run = await Tool.RunAsync(
            "env",
            [$"{Postseal.Server.SenderTest.SenderTestCommand.PasswordVariable}=tester", .. command],
            Limit,
            ct
        );
        if (run.ExitCode is not (0 or 1 or 3))
            throw new InvalidOperationException(run.ToString());

        var result = JsonSerializer.Deserialize<RunDocument>(run.Output, Json)!;
        return new(
            sender,
            string.Join(" + ", version.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
            run.ExitCode,
            result,
            run.ToString()
        );
    }

    private static async Task WriteAsync(SenderSetup sender, MailRoot place, CancellationToken ct)
    {
        await Tool.MustRunAsync("chmod", ["755", place.Folder], ct);
        foreach (var (file, text) in sender.Files)
        {
            var path = Path.Combine(place.Folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, text.Replace("@DIR@", place.Inside(""), StringComparison.Ordinal), ct);
        }
        var run = place.Chroot is null ? "" : $"chroot {place.Chroot} /usr/bin/env PATH=/usr/sbin:/usr/bin:/sbin:/bin";
        var script = $"""
            set -eu
            export PATH="$PATH:/usr/sbin:/sbin"
            FOLDER='{place.Folder}' DIR='{place.Inside("")}' ROOT='{place.Chroot}' RUN='{run}'
            server='' helper=''
            trap 'kill $server $helper; wait' TERM
            cp "$POSTSEAL_CA_FILE" "$FOLDER/ca.pem"
            {sender.Before}
            {sender.Script}
            wait "$server"

            """;
        await File.WriteAllTextAsync(Path.Combine(place.Folder, "start.sh"), script, ct);
    }
}
