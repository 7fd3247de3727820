using System.CommandLine;
using System.Text.Json;
using Postseal.Cli.Output;
using Postseal.Cli.Policyd.Status;
using Postseal.Protocol;
using Postseal.Protocol.Socketmap;

namespace Postseal.Cli.Commands;

/// <summary>The options of <c>resolve</c> that ask a running daemon in place of DNS: <c>--daemon [HOST:PORT|unix:PATH] [--refresh|--forget]</c>.</summary>
internal sealed class DaemonOptions
{
    private readonly Option<string?> _daemon = new("--daemon")
    {
        Description = $"Ask a running policyd what it answers and why (default: {DaemonPlace.Http.Default})",
        HelpName = "HOST:PORT|unix:PATH",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _refresh = new("--refresh")
    {
        Description = $"Have it fetch the policy now, through its control socket (default: {DaemonPlace.Control.Default})",
    };
    private readonly Option<bool> _forget = new("--forget") { Description = "Have it forget the domain, in the same way" };

    /// <summary>Adds the options to the verb.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_daemon);
        command.Options.Add(_refresh);
        command.Options.Add(_forget);
    }

    /// <summary>True when the daemon is to be asked (or told).</summary>
    public bool IsAsked(ParseResult parsed) =>
        parsed.GetResult(_daemon) is { Implicit: false } || parsed.GetValue(_refresh) || parsed.GetValue(_forget);

    /// <summary>Asks it. The argument may be any destination that Postfix may ask for, <c>[host]:port</c> too.</summary>
    public async Task<int> RunAsync(
        string text,
        ParseResult parsed,
        bool json,
        Terminal terminal,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var (place, destination, problems) = Read(text, parsed);
        if (place is null || destination is null)
            return App.UsageError(terminal, problems);

        var client = new DaemonClient(place, clock);
        try
        {
            if (parsed.GetValue(_refresh) || parsed.GetValue(_forget))
                return Write(
                    await client.CommandAsync(parsed.GetValue(_refresh) ? "refresh" : "forget", destination, ct),
                    json,
                    terminal
                );

            var explained = await client.ExplainAsync(destination, ct);
            if (json)
                terminal.Out.WriteLine(JsonSerializer.Serialize(explained, StatusJson.Default.ExplainDocument));
            else
                ExplainReport.Write(explained, terminal);

            return explained.Answer.Reply == "temp" ? ExitCode.Unknown : ExitCode.Fine;
        }
        catch (DaemonException e)
        {
            terminal.Error.WriteLine($"postseal: {PrintableText.Of(e.Message, 500)}");
            return ExitCode.Unknown;
        }
    }

    private (DaemonPlace? Place, Destination? Destination, List<string> Problems) Read(string text, ParseResult parsed)
    {
        var problems = new List<string>();
        var isCommand = parsed.GetValue(_refresh) || parsed.GetValue(_forget);
        var given = parsed.GetValue(_daemon) ?? (isCommand ? DaemonPlace.Control.Default : DaemonPlace.Http.Default);
        var place = DaemonPlace.Parse(given);
        if (place is null)
            problems.Add(
                $"--daemon takes an address and a port, such as {DaemonPlace.Http.Default}, or unix: and a path, such as {DaemonPlace.Control.Default}, not '{given}'"
            );
        else if (isCommand && place is DaemonPlace.Http)
            problems.Add($"--refresh and --forget go through the control socket: --daemon {DaemonPlace.Control.Default}");

        if (!Destination.TryParse(text, out var destination))
            problems.Add($"'{text}' is no domain name, or one that has no policy by its nature");

        if (parsed.GetValue(_refresh) && parsed.GetValue(_forget))
            problems.Add("--refresh and --forget exclude each other");

        return problems.Count > 0 ? (null, null, problems) : (place, destination, problems);
    }

    internal static int Write(CommandDocument result, bool json, Terminal terminal)
    {
        terminal.Out.WriteLine(
            json
                ? JsonSerializer.Serialize(result, StatusJson.Default.CommandDocument)
                : PrintableText.Of($"{result.Domain}: {result.Result}", 1000)
        );
        return result.Done ? ExitCode.Fine : ExitCode.Wrong;
    }
}
