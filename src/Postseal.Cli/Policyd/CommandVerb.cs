using System.CommandLine;
using Postseal.Cli.Commands;
using Postseal.Cli.Output;
using Postseal.Protocol;
using Postseal.Protocol.Socketmap;

namespace Postseal.Cli.Policyd;

/// <summary><c>postseal policyd refresh DOMAIN</c> and <c>forget DOMAIN</c>: tells the running daemon, through its control socket.</summary>
internal static class CommandVerb
{
    /// <summary>One of the two.</summary>
    public static Command Create(string verb, string description, Terminal terminal, TimeProvider clock)
    {
        var domain = new Argument<string>("DOMAIN") { Description = "The destination, as Postfix asks for it" };
        var control = new Option<string>("--control")
        {
            Description = $"The daemon's control socket (default: {DaemonPlace.Control.Default})",
            HelpName = "unix:PATH",
            DefaultValueFactory = _ => DaemonPlace.Control.Default,
        };
        var json = new Option<bool>("--json") { Description = "Machine output on stdout" };
        var command = new Command(verb, description) { domain, control, json };
        command.SetAction(
            (parsed, ct) =>
                RunAsync(verb, parsed.GetValue(domain)!, parsed.GetValue(control)!, parsed.GetValue(json), terminal, clock, ct)
        );
        return command;
    }

    private static async Task<int> RunAsync(
        string verb,
        string text,
        string control,
        bool json,
        Terminal terminal,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (DaemonPlace.Parse(control) is not DaemonPlace.Control place)
            return App.UsageError(
                terminal,
                [$"--control takes unix: and an absolute path, such as {DaemonPlace.Control.Default}, not '{control}'"]
            );

        if (!Destination.TryParse(text, out var destination))
            return App.UsageError(terminal, [$"'{text}' is no domain name, or one that has no policy by its nature"]);

        try
        {
            return DaemonOptions.Write(await new DaemonClient(place, clock).CommandAsync(verb, destination, ct), json, terminal);
        }
        catch (DaemonException e)
        {
            terminal.Error.WriteLine($"postseal: {PrintableText.Of(e.Message, 500)}");
            return ExitCode.Unknown;
        }
    }
}
