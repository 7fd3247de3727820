using Postseal.Benchmarks.World;

namespace Postseal.Benchmarks.Policyd;

/// <summary>
/// The race: in every round each contender is started with nothing stored, asked cold, then warm, and stopped before the next one starts.
/// Rounds instead of three runs in a row, so that a machine that slows down slows all of them.
/// </summary>
internal sealed class Rounds(Tools tools, LocalWorld world, Measurements found, int count)
{
    public const string Cold = "cold";
    public const string NoPolicyFirst = "no policy, first time";
    public const string NoPolicy = "no policy, again";
    public const string Idle = "memory idle";
    public const string Filled = "memory filled";
    public const string Quiet = "memory after a pause";
    public const string CpuWarm = "CPU warm";
    public const string CpuCold = "CPU cold";
    public const string CpuWorld = "CPU cold, world";

    /// <summary>Name, connections, requests outstanding on each.</summary>
    public static readonly (string Name, int Connections, int Depth)[] Warm =
    [
        ("warm 1", 1, 1),
        ("warm 10", 10, 1),
        ("warm 100", 100, 1),
        ("warm 10x10", 10, 10),
    ];

    /// <summary>Without a question: a server may give back what look-ups have used.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan RunTime = TimeSpan.FromSeconds(2);

    public async Task RunAsync(IReadOnlyList<Contender> contenders, CancellationToken ct)
    {
        for (var round = 1; round <= count; round++)
            foreach (var contender in contenders)
            {
                await Console.Error.WriteLineAsync($"round {round} of {count}: {contender.Name}");
                var folder = Path.Combine(world.Folder, $"{contender.Name.Replace(' ', '-')}-{round}");
                if (contender.LooksUp)
                    await world.ForgetAsync(ct);

                await using var server = await contender.StartAsync(world, folder, ct);
                await RoundAsync(contender, server, ct);
            }
    }

    private async Task RoundAsync(Contender contender, ServerProcess server, CancellationToken ct)
    {
        found.Add(Idle, contender.Name, server.ResidentMegabytes);
        if (contender.LooksUp)
            await ColdAsync(contender, server, ct);

        var expect = contender.LooksUp ? Policies.Answer : Policies.ConstantAnswer;
        foreach (var (name, connections, depth) in Warm)
        {
            var cpu = server.CpuTime;
            var load = new Load('d', 0, LocalWorld.Domains, expect)
            {
                Connections = connections,
                Depth = depth,
                Time = RunTime,
            };
            var result = await RunAsync(name, contender, load, ct);
            if (name == "warm 10")
                found.Add(CpuWarm, contender.Name, (server.CpuTime - cpu).TotalMicroseconds / result.Answered);
        }

        if (!contender.LooksUp)
            return;

        var again = new Load('n', 0, LocalWorld.Domains, Policies.NoAnswer) { Connections = 10, Time = RunTime };
        await RunAsync(NoPolicy, contender, again, ct);
    }

    private async Task ColdAsync(Contender contender, ServerProcess server, CancellationToken ct)
    {
        var (cpu, others) = (server.CpuTime, world.CpuTime);
        await RunAsync(Cold, contender, new Load('d', 0, LocalWorld.Domains, Policies.Answer) { Connections = 100 }, ct);
        found.Add(CpuCold, contender.Name, (server.CpuTime - cpu).TotalMilliseconds / LocalWorld.Domains);
        found.Add(CpuWorld, contender.Name, (world.CpuTime - others).TotalMilliseconds / LocalWorld.Domains);
        await RunAsync(
            NoPolicyFirst,
            contender,
            new Load('n', 0, LocalWorld.Domains, Policies.NoAnswer) { Connections = 10 },
            ct
        );
        found.Add(Filled, contender.Name, server.ResidentMegabytes);
        await Task.Delay(Pause, TimeProvider.System, ct);
        found.Add(Quiet, contender.Name, server.ResidentMegabytes);
    }

    private async Task<LoadResult> RunAsync(string name, Contender contender, Load load, CancellationToken ct) =>
        found.Add(name, contender.Name, await load.RunAsync(tools, ct));
}
