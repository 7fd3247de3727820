using System.Net;
using System.Text.Json;
using Postseal.SystemTests.Servers;
using Postseal.SystemTests.Sites;

namespace Postseal.SystemTests.Cli;

/// <summary>
/// Runs <c>postseal</c> as a user would, against the test Internet: the build beside this assembly, or the program that
/// <c>POSTSEAL_PROGRAM</c> names (the native one).
/// </summary>
public static class PostsealProgram
{
    /// <summary>The command line that runs it.</summary>
    public static string[] Command { get; } =
        Environment.GetEnvironmentVariable("POSTSEAL_PROGRAM") is { Length: > 0 } program
            ? [program]
            :
            [
                Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
                Path.Combine(AppContext.BaseDirectory, "postseal.dll"),
            ];

    /// <summary>The program, and what stands before its own arguments.</summary>
    public static IReadOnlyList<string> CommandLine => Command;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary><c>postseal check DOMAIN --json</c> for the domain of a story.</summary>
    public static Task<Answer<CheckReport>> CheckAsync(this RealInternet internet, Site site, CancellationToken ct) =>
        internet.AskAsync<CheckReport>("check", site.Domain, internet.Resolver, ct);

    /// <summary><c>postseal VERB SUBJECT --json</c> with the resolver given.</summary>
    public static async Task<Answer<T>> AskAsync<T>(
        this RealInternet internet,
        string verb,
        string subject,
        IPEndPoint resolver,
        CancellationToken ct
    )
    {
        string[] arguments = [.. Command[1..], verb, subject, "--json", .. Places(internet, resolver)];
        var logsSince = internet.WatchLogs();
        var run = await Tool.RunAsync(Command[0], arguments, ct);
        // The runner prints this for a failed test only.
        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        foreach (var line in logsSince())
            TestContext.Current.TestOutputHelper?.WriteLine(line);

        return new(run.ExitCode, Read<T>(run));
    }

    private static string[] Places(RealInternet internet, IPEndPoint resolver) =>
        [
            "--dns",
            resolver.ToString(),
            "--ca-file",
            internet.CaFile,
            "--allow-private",
            "--https-port",
            $"{Ports.Shared.Https}",
            "--smtp-port",
            $"{Ports.Shared.Smtp}",
            "--timeout",
            "30",
        ];

    private static T Read<T>(ToolRun run)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(run.Output, Json) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"No JSON document: {e.Message}\n{run}", e);
        }
    }
}

/// <summary>A JSON document and the exit code it came with.</summary>
public sealed record Answer<T>(int ExitCode, T Document);
