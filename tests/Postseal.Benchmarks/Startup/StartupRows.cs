using System.Diagnostics;
using System.Globalization;
using Postseal.Lab;

namespace Postseal.Benchmarks.Startup;

/// <summary>Start-up, a check on the lab, and one healthy check against the network waits that no checker can avoid.</summary>
internal sealed class StartupRows(string program)
{
    private const int Runs = 15;

    // MX, then addresses, then with each MX address one conversation after the other (never two at once): greeting, EHLO, STARTTLS, EHLO, QUIT;
    // then greeting, EHLO, STARTTLS for the session without SNI, and for the one that offers only old TLS. Everything else fits beside it.
    private const int Waits = 1 + 1 + 5 + 3 + 3;

    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(50);
    private static readonly TimeProvider Clock = TimeProvider.System;

    public async Task WriteAsync(CancellationToken ct)
    {
        Console.WriteLine();
        Console.WriteLine("| what | median | beside it |");
        Console.WriteLine("| --- | --- | --- |");
        var nothing = await MedianAsync("/bin/true", [], null, ct);
        Row(
            "`postseal --version`",
            await MedianAsync(program, ["--version"], null, ct),
            $"`/bin/true`: {Ms(nothing)}; bar ≤ 20 ms"
        );

        await using (var lab = await LabInternet.StartAsync(new(), ct))
            Row(
                "`postseal check` of the healthy lab domain, whole process",
                await HealthyAsync(lab, ct),
                "bar for the first finding ≤ 150 ms"
            );

        await using (var lab = await LabInternet.StartAsync(new() { Latency = Latency }, ct))
        {
            var (unavoidable, check) = (Waits * Latency, await HealthyAsync(lab, ct));
            Row(
                $"the same with {Latency.TotalMilliseconds:0} ms before every answer",
                check,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Waits} waits in a row: {Ms(unavoidable)}; ratio {check / unavoidable:0.00}, bar ≤ 1.30"
                )
            );
        }
    }

    /// <summary>An older build and this one, by turns.</summary>
    public async Task CompareAsync(string before, CancellationToken ct)
    {
        Console.WriteLine();
        Console.WriteLine("| what | before | now | now beside before |");
        Console.WriteLine("| --- | --- | --- | --- |");
        await CompareAsync("`postseal --version`", ["--version"], before, null, ct);
        await using var lab = await LabInternet.StartAsync(new(), ct);
        await CompareAsync(
            "`postseal check` of the healthy lab domain",
            ["check", "--json", "healthy.lab.test"],
            before,
            lab,
            ct
        );
    }

    private async Task CompareAsync(string what, string[] arguments, string before, LabInternet? lab, CancellationToken ct)
    {
        var (then, now) = (new List<TimeSpan>(), new List<TimeSpan>());
        for (var i = -1; i < 2 * Runs; i++)
        {
            var (one, other) = (await RunAsync(before, arguments, lab, ct), await RunAsync(program, arguments, lab, ct));
            if (i < 0)
                continue; // certificates of the lab are made at the first handshake

            then.Add(one);
            now.Add(other);
        }

        var (old, present) = (then.Order().ElementAt(Runs), now.Order().ElementAt(Runs));
        var ratio = string.Create(CultureInfo.InvariantCulture, $"{present / old:0.00}");
        Console.WriteLine($"| {what} | {Ms(old)} | {Ms(present)} | {ratio} |");
    }

    private async Task<TimeSpan> HealthyAsync(LabInternet lab, CancellationToken ct)
    {
        await RunAsync(program, ["check", "--json", "healthy.lab.test"], lab, ct); // certificates of the lab are made at the first handshake
        return await MedianAsync(program, ["check", "--json", "healthy.lab.test"], lab, ct);
    }

    private static async Task<TimeSpan> MedianAsync(string file, string[] arguments, LabInternet? lab, CancellationToken ct)
    {
        var times = new List<TimeSpan>();
        for (var i = 0; i < Runs; i++)
            times.Add(await RunAsync(file, arguments, lab, ct));

        return times.Order().ElementAt(Runs / 2);
    }

    private static async Task<TimeSpan> RunAsync(string file, string[] arguments, LabInternet? lab, CancellationToken ct)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true };
        foreach (var (name, value) in lab?.Environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;

        var began = Clock.GetTimestamp();
        using var process = Process.Start(start)!;
        await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return process.ExitCode == 0
            ? Clock.GetElapsedTime(began)
            : throw new InvalidOperationException($"{file} ended with exit code {process.ExitCode}");
    }

    private static void Row(string what, TimeSpan median, string beside) =>
        Console.WriteLine($"| {what} | {Ms(median)} | {beside} |");

    private static string Ms(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms");
}
