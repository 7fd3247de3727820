using System.Diagnostics;
using System.Globalization;

namespace Postseal.Fuzz.Engine;

/// <summary>Runs every target in a process of its own, a few at a time: what ends one process ends no other, and coverage is one thread's.</summary>
internal sealed class Supervisor(FuzzOptions options)
{
    // To start, to make a failing input small, to end.
    private static readonly TimeSpan Beyond = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();

    /// <summary>Targets for which something did not hold.</summary>
    public async Task<int> RunAsync(IReadOnlyList<FuzzTarget> targets, CancellationToken ct)
    {
        Directory.CreateDirectory(options.Folder);
        var failed = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Jobs, CancellationToken = ct };
        await Parallel.ForEachAsync(
            targets,
            parallel,
            async (target, token) =>
            {
                if (!await RunAsync(target, token))
                    Interlocked.Increment(ref failed);
            }
        );
        return failed;
    }

    private async Task<bool> RunAsync(FuzzTarget target, CancellationToken ct)
    {
        using var process = Process.Start(Command(target))!;
        using var deadline = new CancellationTokenSource(options.Time + Beyond, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var said = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            ct.ThrowIfCancellationRequested();
        }

        var (line, error) = ((await said).Trim(), (await errors).Trim());
        if (process.ExitCode is not (Program.Fine or Program.Failed))
            line = $"{target.Name}: FAILED: {Died(target, process.ExitCode, deadline.IsCancellationRequested)}\n{error}";

        lock (_gate)
            Console.WriteLine(line);

        return process.ExitCode == Program.Fine;
    }

    // Neither well ended nor caught: it hangs, its stack has overflown, or its memory is full.
    private string Died(FuzzTarget target, int code, bool hung)
    {
        var input = Program.Keep(options.Folder, target.Name, CurrentInput.Read(Program.CurrentOf(options.Folder, target.Name)));
        var what = hung
            ? "an input takes it longer than a minute"
            : string.Create(CultureInfo.InvariantCulture, $"the process died ({code})");
        return $"{what}\n{Program.HowToReplay(target.Name, input)}";
    }

    private ProcessStartInfo Command(FuzzTarget target)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Postseal.Fuzz.dll");
        string[] arguments =
        [
            program,
            "one",
            target.Name,
            options.Time.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            options.Seed.ToString(CultureInfo.InvariantCulture),
            options.Folder,
            options.Keeps ? "keep" : "drop",
        ];
        return new("dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
    }
}

/// <summary>How to run targets.</summary>
/// <param name="Time">For each.</param>
/// <param name="Jobs">At a time.</param>
/// <param name="Seed">Of the numbers that choose what is changed.</param>
/// <param name="Folder">Where failing inputs go.</param>
/// <param name="Keeps">Whether inputs that showed something are kept there for later runs.</param>
internal sealed record FuzzOptions(TimeSpan Time, int Jobs, int Seed, string Folder, bool Keeps);
