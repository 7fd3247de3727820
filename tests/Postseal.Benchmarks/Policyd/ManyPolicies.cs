using System.Globalization;
using Postseal.Benchmarks.World;

namespace Postseal.Benchmarks.Policyd;

/// <summary>policyd with 100,000 policies in its store: time to the first answer, memory, and every one of them asked once.</summary>
internal sealed class ManyPolicies(Tools tools, LocalWorld world, Contender policyd)
{
    private const int Count = 100_000 - 1; // the one they are copied from stays

    public async Task WriteAsync(CancellationToken ct)
    {
        await Console.Error.WriteLineAsync("100,000 policies");
        var folder = Path.Combine(world.Folder, "many");
        await using (await policyd.StartAsync(world, folder, ct))
            await new Load('d', 0, 1, Policies.Answer).RunAsync(tools, ct);

        await FilledStore.FillAsync(Path.Combine(folder, "policies.db"), Count, ct);
        var began = TimeProvider.System.GetTimestamp();
        await using var server = await policyd.StartAsync(world, folder, ct);
        await new Load('p', Count - 1, 1, Policies.Answer).RunAsync(tools, ct);
        var ready = TimeProvider.System.GetElapsedTime(began);
        var started = server.ResidentMegabytes;
        var once = await new Load('p', 0, Count, Policies.Answer) { Connections = 10 }.RunAsync(tools, ct);
        var again = await new Load('p', 0, Count, Policies.Answer) { Connections = 10, Time = TimeSpan.FromSeconds(2) }.RunAsync(
            tools,
            ct
        );
        var asked = server.ResidentMegabytes;
        await Task.Delay(Rounds.Pause, TimeProvider.System, ct);
        Console.WriteLine();
        Console.WriteLine("| policyd with 100,000 policies in its store | | bar |");
        Console.WriteLine("| --- | --- | --- |");
        Row("from its start to the first answer", $"{ready.TotalMilliseconds:0} ms", "");
        Row("resident memory then", $"{started:0.0} MB", "≤ 200 MB");
        Row("every policy asked once, 10 connections", Text(once), "");
        Row("again", Text(again), "");
        Row("resident memory then", $"{asked:0.0} MB", "");
        Row("after 10 s without a question", $"{server.ResidentMegabytes:0.0} MB", "≤ 200 MB");
    }

    private static string Text(LoadResult load) =>
        Invariant($"{load.PerSecond:#,0}/s ({load.P50 / 1000:0.00}/{load.P99 / 1000:0.00} ms) {load.Faults}").TrimEnd();

    private static void Row(string what, FormattableString figure, string bar) => Row(what, Invariant(figure), bar);

    private static void Row(string what, string figure, string bar) => Console.WriteLine($"| {what} | {figure} | {bar} |");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
