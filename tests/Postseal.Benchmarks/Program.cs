using Postseal.Benchmarks;
using Postseal.Benchmarks.Policyd;
using Postseal.Benchmarks.Startup;
using Postseal.Benchmarks.World;

// Figures of docs/performance.md for the program given first; then, to measure less, the parts. What is compared is measured in the same
// run, because the machines are shared and noisy.
string[] known = ["startup", "race", "floods", "memory"];
const string peersOnly = "peers"; // the race without policyd
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
    if (Machine.Missing() is { Length: > 0 } missing)
        Console.Error.WriteLine($"not installed: {string.Join(", ", missing)}; measuring start-up only");
    else if (await Sandbox.RunAsync([program, .. wanted], folder, ct) is { } exitCode)
        return exitCode;
    else
        Console.Error.WriteLine("no private network here (unshare is missing or not allowed): measuring start-up only");

    wanted = ["startup"];
}

if (wanted.Contains("startup"))
    await new StartupRows(program).WriteAsync(ct);

if (wanted.All(w => w == "startup"))
    return 0;

var tools = await Tools.CompileAsync(folder, ct);
await using var world = await LocalWorld.StartAsync(Path.Combine(folder, "world"), ct);
var found = new Measurements();
if (wanted.Contains("race") || wanted.Contains(peersOnly))
{
    Contender[] contenders = [Contender.BareC(tools), Contender.Debian, Contender.Policyd(program)];
    if (!wanted.Contains("race"))
        contenders = contenders[..^1];

    await new Rounds(tools, world, found).RunAsync(contenders, ct);
    new RaceTable(found, [.. contenders.Select(c => c.Name)]).Write();
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
