using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Postseal.Fuzz.Targets;

namespace Postseal.Fuzz;

/// <summary>Fuzzes every parser of Postseal, guided by the branches that inputs take in our own code. CONTRIBUTING.md tells how to use it.</summary>
internal static class Program
{
    public const int Fine = 0;
    public const int Failed = 1;
    private const int Usage = 2;

    // Making the seeds, and compiling what makes them, is part of the time given.
    private static readonly long Began = Stopwatch.GetTimestamp();

    private const string Help = """
        usage: Postseal.Fuzz run SECONDS [NAME]          fuzz all targets, or one, for so long each; ends with a summary as a test runner's
               Postseal.Fuzz replay NAME FILE            try one input and say what happens
               Postseal.Fuzz afl NAME                    be the program that afl-fuzz runs
               Postseal.Fuzz seeds NAME FOLDER           write the seeds of a target as files
               Postseal.Fuzz list                        name the targets
        FUZZ_FOLDER: where failing inputs and finds go (default: artifacts/fuzz-finds). FUZZ_SEED: a number; the same gives the same inputs.
        FUZZ_KEEP=1: keep inputs that show something new, and begin with them the next time.
        """;

    private static async Task<int> Main(string[] arguments)
    {
        unsafe
        {
            _ = Coverage.Install(); // before anything of ours runs: it may be instrumented
        }

        return arguments switch
        {
            ["list"] => List(),
            ["run", var seconds] => await RunAsync(seconds, AllTargets.List, CancellationToken.None),
            ["run", var seconds, var name] when Find(name) is { } target => await RunAsync(
                seconds,
                [target],
                CancellationToken.None
            ),
            ["one", var name, var seconds, var seed, var folder, var keep] => One(
                Find(name)!,
                seconds,
                seed,
                folder,
                keep == "keep"
            ),
            ["replay", var name, var file] when Find(name) is { } target => Replay(target, file),
            ["afl", var name] when Find(name) is { } target => Afl(target),
            ["seeds", var name, var folder] when Find(name) is { } target => Seeds(target, folder),
            _ => Say(Help),
        };
    }

    /// <summary>Keeps a failing input; its path.</summary>
    public static string Keep(string folder, string target, byte[] input)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(input))[..12];
        var path = Path.Combine(folder, $"{target}-{hash}.input");
        File.WriteAllBytes(path, input);
        return path;
    }

    /// <summary>Where a process notes what it is trying.</summary>
    public static string CurrentOf(string folder, string target) => Path.Combine(folder, $"{target}.current");

    /// <summary>The line that tells a person what to do next.</summary>
    public static string HowToReplay(string target, string input) =>
        $"    input:  {input}\n    replay: make fuzz TARGET={target} INPUT={input}";

    private static FuzzTarget? Find(string name) => AllTargets.List.FirstOrDefault(t => t.Name == name);

    private static int List()
    {
        foreach (var target in AllTargets.List)
            Console.WriteLine(target.Name);

        return Fine;
    }

    private static int Say(string text)
    {
        Console.Error.WriteLine(text);
        return Usage;
    }

    private static async Task<int> RunAsync(string seconds, IReadOnlyList<FuzzTarget> targets, CancellationToken ct)
    {
        if (!double.TryParse(seconds, CultureInfo.InvariantCulture, out var time) || time is not (> 0 and < 1e6))
            return Say(Help);

        var folder = Environment.GetEnvironmentVariable("FUZZ_FOLDER") ?? "artifacts/fuzz-finds";
        var seed = int.TryParse(Environment.GetEnvironmentVariable("FUZZ_SEED"), CultureInfo.InvariantCulture, out var s) ? s : 1;
        var keeps = Environment.GetEnvironmentVariable("FUZZ_KEEP") == "1";
        var options = new FuzzOptions(
            TimeSpan.FromSeconds(time),
            Environment.ProcessorCount,
            seed,
            Path.GetFullPath(folder),
            keeps
        );
        Console.WriteLine($"{targets.Count} targets, {time:0} s each, {options.Jobs} at a time, seed {seed}");
        var failed = await new Supervisor(options).RunAsync(targets, ct);
        Console.WriteLine($"   Postseal.Fuzz  Total: {targets.Count}, Errors: 0, Failed: {failed}, Skipped: 0, Not Run: 0");
        return failed == 0 ? Fine : Failed;
    }

    private static int One(FuzzTarget target, string seconds, string seed, string folder, bool keeps)
    {
        var kept = keeps ? Directory.CreateDirectory(Path.Combine(folder, "corpus", target.Name)).FullName : null;
        var current = CurrentOf(folder, target.Name);
        using (var noted = new CurrentInput(current, target.MaxLength))
        {
            var worker = new Worker(target, noted);
            var time =
                TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)) - Stopwatch.GetElapsedTime(Began);
            var failure = worker.Fuzz(int.Parse(seed, CultureInfo.InvariantCulture), time, kept);
            var guided = worker.Branches > 0 ? $"{worker.Branches} branches" : "NOT INSTRUMENTED, so not guided: use make fuzz";
            Console.WriteLine($"{target.Name}: {worker.Runs:N0} inputs, {worker.Interesting} of them new, {guided}");
            if (failure is not null)
            {
                Console.WriteLine(
                    $"{target.Name}: FAILED: {failure.Detail}\n{HowToReplay(target.Name, Keep(folder, target.Name, failure.Input))}"
                );
                return Failed;
            }
        }

        File.Delete(current);
        return Fine;
    }

    private static int Replay(FuzzTarget target, string file)
    {
        var input = File.ReadAllBytes(file);
        target.Run(input); // not caught: the exception, or a debugger, shows where
        Console.WriteLine($"{target.Name}: {input.Length} octets, and all holds");
        return Fine;
    }

    private static int Afl(FuzzTarget target)
    {
        SharpFuzz.Fuzzer.OutOfProcess.Run(stream =>
        {
            using var input = new MemoryStream();
            stream.CopyTo(input);
            target.Run(input.ToArray()[..(int)Math.Min(input.Length, target.MaxLength)]);
        });
        return Fine;
    }

    private static int Seeds(FuzzTarget target, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (i, seed) in target.Seeds().Index())
            File.WriteAllBytes(
                Path.Combine(folder, i.ToString("d5", CultureInfo.InvariantCulture)),
                seed.Length == 0 ? [0] : seed
            );

        return Fine;
    }
}
