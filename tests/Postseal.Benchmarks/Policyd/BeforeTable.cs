using System.Globalization;

namespace Postseal.Benchmarks.Policyd;

/// <summary>What a change has done to the race: the program as it was beside the program as it is, each the median of rounds that took turns.</summary>
internal sealed class BeforeTable(Measurements found)
{
    public void Write()
    {
        Console.WriteLine();
        Console.WriteLine("| what | before | now | now beside before |");
        Console.WriteLine("| --- | --- | --- | --- |");
        foreach (var (name, _, _) in Rounds.Warm)
            Row($"{name}, answers/s", w => found.Load(name, w, l => l.PerSecond), "#,0");

        Row("no policy again, answers/s", w => found.Load(Rounds.NoPolicy, w, l => l.PerSecond), "#,0");
        Row("no policy first, answers/s", w => found.Load(Rounds.NoPolicyFirst, w, l => l.PerSecond), "#,0");
        Row("cold, domains/s", w => found.Load(Rounds.Cold, w, l => l.PerSecond), "#,0");
        Row("CPU per warm look-up, µs", w => found.Number(Rounds.CpuWarm, w), "0.00");
        Row("CPU per cold domain, ms", w => found.Number(Rounds.CpuCold, w), "0.00");
        Row("the same beside that of DNS and web server", Cold, "0.00");
        Row("memory idle, MB", w => found.Number(Rounds.Idle, w), "0.0");
        Row("memory filled, MB", w => found.Number(Rounds.Filled, w), "0.0");
        Row("memory after a pause, MB", w => found.Number(Rounds.Quiet, w), "0.0");
    }

    // A machine that is busy with others makes both dearer.
    private double? Cold(string who) => found.Number(Rounds.CpuCold, who) / found.Number(Rounds.CpuWorld, who);

    private static void Row(string what, Func<string, double?> figure, string format)
    {
        if (figure(Contender.Before) is { } before && figure(Contender.Ours) is { } now)
            Console.WriteLine($"| {what} | {Text(before, format)} | {Text(now, format)} | {Text(now / before, "0.00")} |");
    }

    private static string Text(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
