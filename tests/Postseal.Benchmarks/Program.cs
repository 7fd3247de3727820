using Postseal.Benchmarks;
using Postseal.Benchmarks.Policyd;
using Postseal.Benchmarks.Site;
using Postseal.Benchmarks.Startup;
using Postseal.Benchmarks.World;

// Figures of docs/performance.md for the program given first; then, to measure less, the parts. What is compared is measured in the same
// run, because the machines are shared and noisy.
string[] known = ["startup", "site", "race", "floods", "memory"];
string[] anywhere = ["startup", "site"]; // they need neither the peers nor a network of their own
var before = Environment.GetEnvironmentVariable("BEFORE"); // an older build, to be measured beside this one
const string peersOnly = "peers"; // the race without policyd
if (args is [BareSite.Verb, var port, var file])
{
    await BareSite.RunAsync(port, file, CancellationToken.None);
    return 0;
}

if (args is not [var program, .. var parts] || !File.Exists(program) || parts.Except([.. known, peersOnly]).Any())
{
    Console.Error.WriteLine(
        $"usage: Postseal.Benchmarks PROGRAM [{string.Join("|", known)}|{peersOnly}]... (make dist builds the program)"
    );
    return 2;
}

var ct = CancellationToken.None;
var wanted = parts.Length > 0 ? parts : known;
program = Path.GetFullPath(program);

// Emptied by the next run, so that logs can be read after this one.
var folder = Path.Combine(AppContext.BaseDirectory, "run");
if (!Sandbox.IsInside)
{
    if (Directory.Exists(folder))
        Directory.Delete(folder, recursive: true);

    Directory.CreateDirectory(folder);
    Console.WriteLine(Machine.Describe());
    var except = $"measuring {string.Join(" and ", anywhere)} only";
    if (wanted.Except(anywhere).Any() && Machine.Missing() is { Length: > 0 } missing)
        Console.Error.WriteLine($"not installed: {string.Join(", ", missing)}; {except}");
    else if (wanted.Except(anywhere).Any() && await Sandbox.RunAsync([program, .. wanted], folder, ct) is { } exitCode)
        return exitCode;
    else if (wanted.Except(anywhere).Any())
        Console.Error.WriteLine($"no private network here (unshare is missing or not allowed): {except}");

    wanted = [.. wanted.Intersect(anywhere)];
}

if (wanted.Contains("startup") && before is { Length: > 0 })
    await new StartupRows(program).CompareAsync(Path.GetFullPath(before), ct);
else if (wanted.Contains("startup"))
    await new StartupRows(program).WriteAsync(ct);

if (wanted.Contains("site") && !SitePart.IsBuilt)
    Console.Error.WriteLine("the lookup site is not built: make bench builds it");
else if (wanted.Contains("site"))
    await new SitePart(Path.Combine(folder, "site")).WriteAsync(ct);

if (!wanted.Except(anywhere).Any())
    return 0;

var tools = await Tools.CompileAsync(folder, ct);
await using var world = await LocalWorld.StartAsync(Path.Combine(folder, "world"), ct);
var found = new Measurements();
if (wanted.Contains("race") || wanted.Contains(peersOnly))
{
    Contender[] contenders = [Contender.BareC(tools), Contender.Debian, Contender.Policyd(program)];
    if (!wanted.Contains("race"))
        contenders = contenders[..^1];

    if (before is { Length: > 0 })
    {
        contenders = [Contender.Policyd(Path.GetFullPath(before), Contender.Before), Contender.Policyd(program)];
        await new Rounds(tools, world, found, count: 7).RunAsync(contenders, ct);
        new BeforeTable(found).Write();
    }
    else
    {
        await new Rounds(tools, world, found, count: 3).RunAsync(contenders, ct);
        new RaceTable(found, [.. contenders.Select(c => c.Name)]).Write();
    }
}

if (wanted.Contains("floods"))
{
    Floods.WriteHead();
    await new Floods(tools, world, Contender.Debian).RunAsync(TimeSpan.FromSeconds(8), ct);
    var ours = new Floods(tools, world, Contender.Policyd(program));
    await ours.RunAsync(TimeSpan.FromSeconds(60), ct);
    await ours.ControlAsync(ct);
}

if (wanted.Contains("memory"))
    await new ManyPolicies(tools, world, Contender.Policyd(program)).WriteAsync(ct);

return 0;
