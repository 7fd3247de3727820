using System.CommandLine;
using Postseal.Lab;

namespace Postseal.Server.Lab;

/// <summary><c>postseal-server demo</c>: checks some lab domains as a newcomer would, one fault after the other.</summary>
internal static class DemoCommand
{
    private const string Program = "postseal";
    private const int HighestVerdict = 3; // exit codes of "postseal check": 0, 1 and 3 are results, 2 is a usage error

    private static readonly string[] Domains =
    [
        "healthy.lab.test",
        "nothing.lab.test",
        "sts-txt-id-syntax.lab.test",
        "http-redirect.lab.test",
        "mx-mismatch-class.lab.test",
        "cert-expired.lab.test",
        "dane-sts-conflict.lab.test",
    ];

    public static Command Create(TextWriter output, TextWriter error)
    {
        var path = new Option<string?>("--postseal")
        {
            Description = "The program postseal; found beside this one or on the PATH by default.",
        };
        var command = new Command("demo", "Check some domains of the lab: a good one, then several faults.") { path };
        command.SetAction(
            async (parsed, ct) =>
            {
                await using var internet = await LabInternet.StartAsync(new LabOptions(), ct);
                var program = parsed.GetValue(path) ?? Find();
                foreach (var domain in Domains)
                {
                    await output.WriteAsync($"$ {Program} check {domain}\n\n".AsMemory(), ct);
                    await output.FlushAsync(ct);
                    var code = await Child.RunAsync(program, ["check", domain], internet.Environment, TimeProvider.System, ct);
                    await output.WriteAsync("\n".AsMemory(), ct);
                    if (code is ServerApp.Usage or < 0 or > HighestVerdict)
                        return code;
                }
                await error.WriteAsync(
                    $"Every domain of the lab has one fault: \"postseal-server lab\" lists all {internet.Domains.Count} of them.\n".AsMemory(),
                    ct
                );
                return 0;
            }
        );
        return command;
    }

    private static string Find()
    {
        var beside = Path.Combine(AppContext.BaseDirectory, Program);
        return File.Exists(beside) ? beside : Program;
    }
}
