using System.Diagnostics;
using System.Globalization;
using Postseal.Protocol;

namespace Postseal.Server.SenderTest.Running;

/// <summary>The program that brings the server under test into the lab, for as long as the run lasts.</summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    private const int LongestLine = 1000;

    /// <summary>A mail server ends its children first.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly TimeProvider _clock;

    private ServerUnderTest(Process process, TimeProvider clock) => (_process, _clock) = (process, clock);

    /// <summary>How it ended; null while it runs.</summary>
    public string? End =>
        _process.HasExited ? string.Create(CultureInfo.InvariantCulture, $"ended with exit code {_process.ExitCode}") : null;

    /// <summary>It ended, and not because all is well: one that leaves a server running ends with 0.</summary>
    public bool HasFailed => _process.HasExited && _process.ExitCode != 0;

    /// <summary>Starts it. What it says goes to <paramref name="log"/>, as standard output is for the result.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    public static ServerUnderTest Start(
        IReadOnlyList<string> program,
        IReadOnlyDictionary<string, string> environment,
        TextWriter log,
        TimeProvider clock
    )
    {
        var start = new ProcessStartInfo(program[0], program.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        var process = Process.Start(start)!;
        DataReceivedEventHandler keep = (_, line) =>
        {
            if (line.Data is { } text)
                log.WriteLine(PrintableText.Of(text, LongestLine));
        };
        process.OutputDataReceived += keep;
        process.ErrorDataReceived += keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new(process, clock);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using (_process)
        {
            if (_process.HasExited)
                return;

            using var patience = new CancellationTokenSource(Grace, _clock);
            try
            {
                // The framework can only kill.
                using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }
}
