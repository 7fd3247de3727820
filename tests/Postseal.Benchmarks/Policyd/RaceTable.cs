using System.Globalization;

namespace Postseal.Benchmarks.Policyd;

/// <summary>The race as a table, with the bar beside every row that has one.</summary>
internal sealed class RaceTable(Measurements found, IReadOnlyList<string> who)
{
    private const string C = "bare C";
    private const string Debian = "Debian's daemon";
    private const string Ours = Contender.Ours;

    public void Write()
    {
        Console.WriteLine();
        Console.WriteLine($"| what | {string.Join(" | ", who)} | policyd beside it | bar |");
        Console.WriteLine($"| --- | {string.Join(" | ", who.Select(_ => "---"))} | --- | --- |");
        foreach (var (name, connections, depth) in Rounds.Warm)
            Speed(
                $"warm look-ups/s, {connections} connection{(connections == 1 ? "" : "s")}{(depth > 1 ? $" × {depth} pipelined" : "")}",
                name,
                Against(name, C),
                depth > 1 ? "≥ 0.40 of C" : "≥ 0.85 of C, p99 ≤ 2.00×"
            );

        Speed("domains without a policy, asked again, 10 connections", Rounds.NoPolicy, AgainstHits(), "as fast as a hit");
        Speed("the same, asked for the first time", Rounds.NoPolicyFirst, Against(Rounds.NoPolicyFirst, Debian), "");
        Speed(
            "cold: new domains/s, 100 connections",
            Rounds.Cold,
            Against(Rounds.Cold, Debian),
            "≥ 3.00 of Debian's, none wrong"
        );
        Number("CPU per warm look-up (10 connections), µs", Rounds.CpuWarm, "0.0", "");
        Number("CPU per cold domain, ms", Rounds.CpuCold, "0.00", "");
        Number("CPU of DNS and web server per cold domain, ms", Rounds.CpuWorld, "0.00", "");
        Number("resident memory idle, MB", Rounds.Idle, "0.0", "≤ 30 MB");
        Number("the same with 2,000 policies, 2,000 domains without, just now", Rounds.Filled, "0.0", "");
        Number("the same after 10 s without a question", Rounds.Quiet, "0.0", "≤ 40 MB");
        foreach (var fault in found.Faults)
            Console.WriteLine($"\n**{fault}**");
    }

    private void Speed(string what, string row, string beside, string bar) =>
        Row(
            what,
            w =>
                found.Load(row, w, l => l.PerSecond) is { } speed
                    ? Text(
                        $"{speed:#,0} ({found.Load(row, w, l => l.P50) / 1000:0.00}/{found.Load(row, w, l => l.P99) / 1000:0.00} ms)"
                    )
                    : "",
            beside,
            bar
        );

    private void Number(string what, string row, string format, string bar) =>
        Row(what, w => found.Number(row, w)?.ToString(format, CultureInfo.InvariantCulture) ?? "", "", bar);

    private void Row(string what, Func<string, string> cell, string beside, string bar) =>
        Console.WriteLine($"| {what} | {string.Join(" | ", who.Select(cell))} | {beside} | {bar} |");

    private string Against(string row, string peer) =>
        found.Load(row, Ours, l => l.PerSecond) / found.Load(row, peer, l => l.PerSecond) is { } speed
            ? Text(
                $"{speed:0.00} of {(peer == C ? "C" : "Debian's")}, p99 {found.Load(row, Ours, l => l.P99) / found.Load(row, peer, l => l.P99):0.00}×"
            )
            : "";

    private string AgainstHits() =>
        found.Load(Rounds.NoPolicy, Ours, l => l.PerSecond) / found.Load("warm 10", Ours, l => l.PerSecond) is { } speed
            ? Text($"{speed:0.00} of its hits")
            : "";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
