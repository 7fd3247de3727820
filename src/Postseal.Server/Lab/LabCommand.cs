using System.CommandLine;
using Postseal.Lab;

namespace Postseal.Server.Lab;

/// <summary><c>postseal-server lab</c>: starts the lab, and either waits for Ctrl-C or runs one command in it.</summary>
internal static class LabCommand
{
    public static Command Create(TextWriter output)
    {
        var env = new Option<bool>("--env") { Description = "Print nothing but the environment, as lines for a shell." };
        var ports = new LabPorts();
        var program = new Argument<string[]>("command")
        {
            Description = "Run this in the lab and end with its exit code; write it after two hyphens.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("lab", "A closed mail Internet on loopback in which every domain has one fault.")
        {
            env,
            program,
        };
        ports.AddTo(command);
        command.SetAction(
            async (parsed, ct) =>
            {
                await using var internet = await LabInternet.StartAsync(ports.Of(parsed), ct);
                if (parsed.GetValue(program) is [var path, .. var arguments])
                    return await Child.RunAsync(path, arguments, internet.Environment, TimeProvider.System, ct);

                await output.WriteAsync((parsed.GetValue(env) ? Environment(internet) : Listing(internet)).AsMemory(), ct);
                await output.FlushAsync(ct);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
                return 0;
            }
        );
        return command;
    }

    private static string Environment(LabInternet internet) =>
        string.Concat(internet.Environment.Select(v => $"export {v.Key}={v.Value}\n"));

    private static string Listing(LabInternet internet)
    {
        var width = internet.Domains.Max(d => d.Name.Length);
        var domains = string.Concat(internet.Domains.Select(d => $"  {d.Name.PadRight(width)}  {d.Fault}\n"));
        return $"""
            {domains}
            The lab is running; Ctrl-C ends it. To look around in it from another terminal:

            {Environment(internet)}postseal check healthy.lab.test

            """;
    }
}
