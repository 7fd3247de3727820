using System.Diagnostics;

namespace Postseal.SystemTests.Servers;

/// <summary>What a program that ran to its end left behind.</summary>
public sealed record ToolRun(string CommandLine, int ExitCode, string Output, string Errors)
{
    public override string ToString() => $"$ {CommandLine}\n{Output}{Errors}? {ExitCode}";
}

/// <summary>Programs that run to their end: the tools of the servers, and the program under test.</summary>
public static class Tool
{
    // Generous for a loaded machine, where certbot alone may take a minute; nothing here waits for anything but loopback.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Where Debian keeps servers; the search path of an ordinary user leaves them out.</summary>
    private static readonly string[] Sbin = ["/usr/sbin", "/sbin"];

    /// <summary>The full path of a program, or null when it is not installed.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(Sbin)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    /// <summary>Runs a program to its end and returns what it said, whatever its exit code.</summary>
    public static Task<ToolRun> RunAsync(string program, IEnumerable<string> arguments, CancellationToken ct) =>
        RunAsync(program, arguments, Limit, ct);

    /// <summary>The same with a time limit of its own.</summary>
    public static async Task<ToolRun> RunAsync(
        string program,
        IEnumerable<string> arguments,
        TimeSpan limit,
        CancellationToken ct
    )
    {
        var start = new ProcessStartInfo(Find(program) ?? program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        ForgetSettings(start);

        using var deadline = new CancellationTokenSource(limit, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(both.Token);
            var errors = process.StandardError.ReadToEndAsync(both.Token);
            await process.WaitForExitAsync(both.Token);
            var commandLine = string.Join(' ', start.ArgumentList.Prepend(Path.GetFileName(start.FileName)));
            return new(commandLine, process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new TimeoutException($"{program} {string.Join(' ', start.ArgumentList)} ran longer than {limit}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>The caller's environment must not configure the program under test.</summary>
    public static void ForgetSettings(ProcessStartInfo start)
    {
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("POSTSEAL_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
    }

    /// <summary>The same for a program whose failure stops everything.</summary>
    public static async Task<string> MustRunAsync(string program, IEnumerable<string> arguments, CancellationToken ct)
    {
        var run = await RunAsync(program, arguments, ct);
        return run.ExitCode == 0 ? run.Output : throw new InvalidOperationException(run.ToString());
    }
}
