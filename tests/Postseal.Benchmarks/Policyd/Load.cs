using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Postseal.Benchmarks.Policyd;

/// <summary>One run of the load driver: which domains are asked, how, and what the right answer is.</summary>
internal sealed record Load(char Kind, int First, int Count, string Expect)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public int Port { get; init; } = Net.SocketmapPort;

    public int Connections { get; init; } = 1;

    public int Depth { get; init; } = 1;

    public int Idle { get; init; }

    /// <summary>Null: until every domain has been asked once.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>Requests per second; null: the next one as soon as there is an answer.</summary>
    public int? Rate { get; init; }

    public async Task<LoadResult> RunAsync(Tools tools, CancellationToken ct)
    {
        var start = new ProcessStartInfo(tools.Load, Arguments()) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<LoadResult>(line, Json)!
            : throw new InvalidOperationException($"the load driver ended with exit code {process.ExitCode}");
    }

    private IEnumerable<string> Arguments()
    {
        yield return Invariant($"--port={Port}");
        yield return $"--pattern={Kind}%06d.bench.test";
        yield return Invariant($"--first={First}");
        yield return Invariant($"--count={Count}");
        yield return $"--expect={Expect}";
        yield return Invariant($"--connections={Connections}");
        yield return Invariant($"--depth={Depth}");
        yield return Invariant($"--idle={Idle}");
        if (Time is { } time)
            yield return Invariant($"--seconds={time.TotalSeconds:0.0}");
        if (Rate is { } rate)
            yield return Invariant($"--rate={rate}");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What the load driver prints; times in microseconds.</summary>
internal sealed record LoadResult(
    double Seconds,
    long Asked,
    long Answered,
    double PerSecond,
    double P50,
    double P99,
    double Max,
    long Ok,
    long NotFound,
    long Temp,
    long Perm,
    long Other,
    long Wrong,
    string FirstWrong,
    long Closed,
    int IdleOpen,
    long Skipped,
    double DriverSeconds
)
{
    /// <summary>What must not be: a figure with a fault in it is worth nothing without the fault beside it. Empty when all is well.</summary>
    public string Faults =>
        Wrong + Closed + (Asked - Answered) == 0
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{Wrong} of {Answered} answers wrong ({Temp} TEMP, {NotFound} NOTFOUND, first: '{FirstWrong}'), {Asked - Answered} without an answer, {Closed} connections closed"
            );
}
