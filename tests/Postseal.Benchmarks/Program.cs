using System.Diagnostics;
using System.Globalization;
using Postseal.Lab;

// Figures of docs/performance.md for the program given as the only argument: start-up, a check on the lab, and one healthy check against
// the network waits that no checker can avoid. What is compared is measured in the same run, because the machines are shared and noisy.
if (args is not [var program] || !File.Exists(program))
{
    Console.Error.WriteLine("usage: Postseal.Benchmarks PROGRAM (make dist builds it)");
    return 2;
}

const int runs = 15;
var clock = TimeProvider.System;
var ct = CancellationToken.None;

Console.WriteLine("| what | median | beside it |");
Console.WriteLine("| --- | --- | --- |");
var nothing = await MedianAsync("/bin/true", [], null);
Row("`postseal --version`", await MedianAsync(program, ["--version"], null), $"`/bin/true`: {Ms(nothing)}; bar ≤ 20 ms");

await using (var lab = await LabInternet.StartAsync(new(), ct))
    Row(
        "`postseal check` of the healthy lab domain, whole process",
        await HealthyAsync(lab),
        "bar for the first finding ≤ 150 ms"
    );

var latency = TimeSpan.FromMilliseconds(50);
await using (var lab = await LabInternet.StartAsync(new() { Latency = latency }, ct))
{
    // MX, then addresses, then with each MX address one conversation after the other (never two at once): greeting, EHLO, STARTTLS, EHLO, QUIT;
    // then greeting, EHLO, STARTTLS for the session without SNI, and for the one that offers only old TLS. Everything else fits beside it.
    const int waits = 1 + 1 + 5 + 3 + 3;
    var (unavoidable, check) = (waits * latency, await HealthyAsync(lab));
    Row(
        $"the same with {latency.TotalMilliseconds:0} ms before every answer",
        check,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{waits} waits in a row: {Ms(unavoidable)}; ratio {check / unavoidable:0.00}, bar ≤ 1.30"
        )
    );
}

return 0;

async Task<TimeSpan> HealthyAsync(LabInternet lab)
{
    await RunAsync(program, ["check", "--json", "healthy.lab.test"], lab); // certificates of the lab are made at the first handshake
    return await MedianAsync(program, ["check", "--json", "healthy.lab.test"], lab);
}

async Task<TimeSpan> MedianAsync(string file, string[] arguments, LabInternet? lab)
{
    var times = new List<TimeSpan>();
    for (var i = 0; i < runs; i++)
        times.Add(await RunAsync(file, arguments, lab));

    return times.Order().ElementAt(runs / 2);
}

async Task<TimeSpan> RunAsync(string file, string[] arguments, LabInternet? lab)
{
    var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true };
    foreach (var (name, value) in lab?.Environment ?? new Dictionary<string, string>())
        start.Environment[name] = value;

    var began = clock.GetTimestamp();
    using var process = Process.Start(start)!;
    await process.StandardOutput.ReadToEndAsync(ct);
    await process.WaitForExitAsync(ct);
    return process.ExitCode == 0
        ? clock.GetElapsedTime(began)
        : throw new InvalidOperationException($"{file} ended with exit code {process.ExitCode}");
}

static void Row(string what, TimeSpan median, string beside) => Console.WriteLine($"| {what} | {Ms(median)} | {beside} |");

static string Ms(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms");
