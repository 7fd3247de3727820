using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Postseal.Lab.Domains;
using Postseal.SystemTests.Servers;

namespace Postseal.SystemTests.Databases;

/// <summary>The whole site on a disk that is full: a small tmpfs in a mount namespace of its own.</summary>
public sealed partial class FullDiskTests
{
    private const string Program = "postseal-server.dll";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_site_goes_on_while_its_disk_is_full_and_keeps_again_when_there_is_room()
    {
        Peers.Demand(await MissingAsync(Ct));
        var folder = Directory.CreateTempSubdirectory("postseal-full-").FullName;
        await using var server = Start(folder);
        await server.WaitForLogAsync("Ctrl-C ends it", Ct);
        var (site, operators) = Addresses(server);
        using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = site };
        string[] domains = [.. LabDomains.All.Select(d => d.Name).Where(n => n != "healthy.lab.test").Take(24)];
        await GetAsync(http, "/api/v1/check/healthy.lab.test");
        var test = await OpenAsync(http);
        Assert.Equal(HttpStatusCode.Created, test.StatusCode);

        var fill = $"/proc/{server.Id}/root{folder}/fill";
        Fill(fill);
        foreach (var domain in domains)
            Assert.Contains("\"verdict\"", await GetAsync(http, $"/api/v1/check/{domain}"), StringComparison.Ordinal);

        Assert.Contains(
            "\"checks\":1",
            (await GetAsync(http, History("healthy.lab.test"))).Replace(" ", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.Contains("\"verdict\"", await GetAsync(http, "/api/v1/check/healthy.lab.test/kept"), StringComparison.Ordinal);
        var refused = await OpenAsync(http);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("The test cannot be kept", await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal("ok\n", await GetAsync(http, new Uri(operators, "/healthz").AbsoluteUri));
        Assert.True(await ShowsAsync(1, http, operators));
        var said = server.LogFrom(0).Where(l => l.Contains("the store", StringComparison.Ordinal)).ToList();
        Assert.Contains("is full", Assert.Single(said), StringComparison.Ordinal);

        File.Delete(fill);
        await GetAsync(http, "/api/v1/check/healthy.lab.test?fresh=true");
        foreach (var domain in LabDomains.All.Select(d => d.Name).Except(domains).Take(3))
        {
            await GetAsync(http, $"/api/v1/check/{domain}");
            await GetAsync(http, History(domain));
        }

        Assert.True(await ShowsAsync(0, http, operators));
        Assert.Equal(HttpStatusCode.Created, (await OpenAsync(http)).StatusCode);
        Assert.Equal("ok", await IntegrityAsync($"/proc/{server.Id}/root{folder}"));
        await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<string?> MissingAsync(CancellationToken ct)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || Tool.Find("unshare") is null)
            return "A small disk needs Linux, root and unshare.";

        var attempt = await Tool.RunAsync("unshare", ["--mount", "true"], ct);
        return attempt.ExitCode == 0
            ? null
            : $"A small disk needs a mount namespace, which cannot be made here: {attempt.Errors}";
    }

    // The demo has its data in a folder for temporary files, and brings its own mail Internet.
    private static ServerProcess Start(string folder)
    {
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var program = Path.Combine(AppContext.BaseDirectory, Program);
        return ServerProcess.Start(
            inside: null,
            "site",
            Tool.Find("unshare")!,
            "--mount",
            "sh",
            "-c",
            $"mount -t tmpfs -o size=6m tmpfs {folder} && TMPDIR={folder} DOTNET_EnableDiagnostics=0 exec {host} {program} demo --port 0"
        );
    }

    private static (Uri Site, Uri Operators) Addresses(ServerProcess server)
    {
        var text = string.Join('\n', server.LogFrom(0));
        return (new(Site().Match(text).Groups[1].Value), new(Operators().Match(text).Groups[1].Value));
    }

    private static void Fill(string path)
    {
        var block = new byte[4096]; // a page: what is left is less than one
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            for (; ; )
                file.Write(block);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static async Task<string> GetAsync(HttpClient http, string path)
    {
        using var response = await http.GetAsync(path, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {response.StatusCode} {text}");
        return text;
    }

    private static Task<HttpResponseMessage> OpenAsync(HttpClient http) => http.PostAsync("/api/v1/sender-test", null, Ct);

    private static string History(string domain) => $"/api/v1/check/{domain}/history";

    // What is shown may be a moment old: who asks twice within it is given the same answer.
    private static Task<bool> ShowsAsync(int failing, HttpClient http, Uri operators) =>
        Until.IsSoAsync(
            async () =>
            {
                var metrics = await GetAsync(http, new Uri(operators, "/metrics").AbsoluteUri);
                return int.Parse(Failing().Match(metrics).Groups[1].Value, CultureInfo.InvariantCulture) == failing;
            },
            Ct
        );

    // Of a copy: the file itself is in use, and its folder is not where SQLite would look for it.
    private static async Task<string> IntegrityAsync(string folder)
    {
        var copy = Directory.CreateTempSubdirectory("postseal-copy-").FullName;
        foreach (var file in Directory.GetFiles(Directory.GetDirectories(folder, "postseal-demo-*").Single(), "postseal.db*"))
        {
            if (!file.EndsWith("-shm", StringComparison.Ordinal))
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        string found;
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(copy, "postseal.db")};Pooling=False"))
        {
            await connection.OpenAsync(Ct);
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA integrity_check";
            found = (string)(await command.ExecuteScalarAsync(Ct))!;
        }

        Directory.Delete(copy, recursive: true);
        return found;
    }

    [GeneratedRegex("(http://[^/\\s]+)/\\s")]
    private static partial Regex Site();

    [GeneratedRegex("(http://[^/\\s]+)/metrics")]
    private static partial Regex Operators();

    [GeneratedRegex("(?m)^postseal_store_failing\\S*(?:\\{[^}]*\\})? (\\d)")]
    private static partial Regex Failing();
}
