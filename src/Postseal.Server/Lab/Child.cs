using System.Diagnostics;

namespace Postseal.Server.Lab;

/// <summary>Another program, on our terminal, with some environment added.</summary>
internal static class Child
{
    /// <summary>Ctrl-C reaches the child too, which then ends by itself; this long it may take.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    /// <summary>Runs it to its end and gives its exit code.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    public static async Task<int> RunAsync(
        string path,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var start = new ProcessStartInfo(path, arguments) { UseShellExecute = false };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        try
        {
            await process.WaitForExitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            using var patience = new CancellationTokenSource(Grace, clock);
            await EndAsync(process, patience.Token);
        }
        return process.ExitCode;
    }

    private static async Task EndAsync(Process process, CancellationToken ct)
    {
        try
        {
            await process.WaitForExitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}
