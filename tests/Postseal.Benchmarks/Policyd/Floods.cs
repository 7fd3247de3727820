using System.Globalization;
using Postseal.Benchmarks.World;

namespace Postseal.Benchmarks.Policyd;

/// <summary>
/// What warm answers are worth while something else goes wrong: a paced probe (1,000 look-ups a second on 10 connections, as a busy mail server
/// asks) runs on a quiet server, then beside each flood. Memory is the most seen while it lasted.
/// </summary>
internal sealed class Floods(Tools tools, LocalWorld world, Contender contender)
{
    private const int Rate = 1000;
    private static readonly TimeSpan SampleEvery = TimeSpan.FromMilliseconds(200);
    private static readonly Load Invented = new('x', 0, 1_000_000, Policies.NoAnswer) { Connections = 100 };
    private double _quiet;

    public static void WriteHead()
    {
        Console.WriteLine();
        Console.WriteLine(
            "| beside 1,000 warm look-ups/s | server | p50/p99/max, ms | p99 beside quiet | memory before / most / after, MB | what happened |"
        );
        Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
    }

    public async Task RunAsync(TimeSpan inventing, CancellationToken ct)
    {
        await Console.Error.WriteLineAsync($"floods: {contender.Name}");
        await world.ForgetAsync(ct);
        await using var server = await contender.StartAsync(world, Folder("floods"), ct);
        var warm = await new Load('d', 0, LocalWorld.Domains, Policies.Answer) { Connections = 100 }.RunAsync(tools, ct);

        await Probe(Policies.Answer, Seconds(1)).RunAsync(tools, ct); // what the look-ups left behind is cleared up meanwhile
        await RowAsync(server, new("nothing else", Seconds(3), null, _ => warm.Faults), ct);
        var fresh = new Load('d', LocalWorld.Domains, LocalWorld.Fresh, Policies.Answer) { Connections = 100 };
        await RowAsync(server, new("100 cold look-ups in flight, all the time (bar ≤ 3.00×)", Seconds(1.5), fresh, Cold), ct);
        await RowAsync(server, new("1,000 idle connections", Seconds(2), null, _ => "") { Idle = 1000 }, ct);
        var silent = new Load('s', 0, LocalWorld.Silent, Policies.NoAnswer)
        {
            Connections = LocalWorld.Silent,
            Time = Seconds(4),
        };
        await RowAsync(
            server,
            new("policy hosts of 200 domains take the connection and say nothing", Seconds(3), silent, _ => ""),
            ct
        );
        var invented = Invented with { Time = inventing };
        await RowAsync(server, new("invented domains on 100 connections", inventing - Seconds(1), invented, Count), ct);
    }

    /// <summary>The bare C server probed while the contender works on cold look-ups: what two busy cores alone do to a p99.</summary>
    public async Task ControlAsync(CancellationToken ct)
    {
        await world.ForgetAsync(ct);
        await using var server = await contender.StartAsync(world, Folder("control"), ct);
        const int port = Net.SocketmapPort + 10;
        var c = Contender.BareC(tools) with
        {
            Command = (_, _) => [tools.ConstantServer, port.ToString(CultureInfo.InvariantCulture)],
        };
        await using var control = await c.StartAsync(world, Folder("control-c"), port, ct);
        var probe = Probe(Policies.ConstantAnswer, Seconds(1.5)) with { Port = port };
        var quiet = await probe.RunAsync(tools, ct);
        var flood = new Load('d', 0, LocalWorld.Fresh, Policies.Answer) { Connections = 100 }.RunAsync(tools, ct);
        await Task.Delay(SampleEvery, TimeProvider.System, ct);
        var beside = await probe.RunAsync(tools, ct);
        var cold = await flood;
        Write(
            "for comparison: the bare C server beside the same cold look-ups",
            c.Name,
            beside,
            beside.P99 / quiet.P99,
            control.ResidentMegabytes,
            control.ResidentMegabytes,
            control.ResidentMegabytes,
            Cold(cold)
        );
    }

    private async Task RowAsync(ServerProcess server, Flood flood, CancellationToken ct)
    {
        var before = server.ResidentMegabytes;
        var flooding = flood.Load?.RunAsync(tools, ct);
        if (flooding is not null)
            await Task.Delay(SampleEvery, TimeProvider.System, ct);

        var probing = (Probe(Policies.Answer, flood.Time) with { Idle = flood.Idle }).RunAsync(tools, ct);
        var most = before;
        while (!probing.IsCompleted || flooding is { IsCompleted: false })
        {
            most = Math.Max(most, server.ResidentMegabytes);
            await Task.Delay(SampleEvery, TimeProvider.System, ct);
        }

        var probe = await probing;
        _quiet = _quiet == 0 ? probe.P99 : _quiet;
        var happened = flooding is null ? "" : flood.Tell(await flooding);
        if (flood.Idle > 0)
            happened = $"{probe.IdleOpen} of them still open at the end";
        Write(flood.What, contender.Name, probe, probe.P99 / _quiet, before, most, server.ResidentMegabytes, happened);
    }

    private static void Write(
        string what,
        string who,
        LoadResult probe,
        double ratio,
        double before,
        double most,
        double after,
        string happened
    )
    {
        var faults = probe.Faults.Length > 0 ? $" **probe: {probe.Faults}**" : "";
        var skipped = probe.Skipped > 0 ? $" **{probe.Skipped} probes could not be sent in time**" : "";
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {what} | {who} | {probe.P50 / 1000:0.00}/{probe.P99 / 1000:0.00}/{probe.Max / 1000:0.0} | {ratio:0.00}× | {before:0.0} / {most:0.0} / {after:0.0} | {happened}{faults}{skipped} |"
            )
        );
    }

    private static Load Probe(string expect, TimeSpan time) =>
        new('d', 0, LocalWorld.Domains, expect)
        {
            Connections = 10,
            Rate = Rate,
            Time = time,
        };

    private static string Cold(LoadResult flood) =>
        Text($"{flood.Answered:#,0} new domains, {flood.PerSecond:#,0}/s {flood.Faults}");

    private static string Count(LoadResult flood) =>
        Text($"{flood.Answered:#,0} distinct domains, {flood.PerSecond:#,0}/s, p99 {flood.P99 / 1000:0.0} ms {flood.Faults}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture).TrimEnd();

    private string Folder(string name) => Path.Combine(world.Folder, $"{contender.Name.Replace(' ', '-')}-{name}");

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private sealed record Flood(string What, TimeSpan Time, Load? Load, Func<LoadResult, string> Tell)
    {
        public int Idle { get; init; }
    }
}
