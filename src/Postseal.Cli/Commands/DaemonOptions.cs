using System.CommandLine;
using System.Net;
using System.Text.Json;
using Postseal.Cli.Output;
using Postseal.Cli.Policyd.Status;
using Postseal.Protocol;
using Postseal.Protocol.Socketmap;

namespace Postseal.Cli.Commands;

/// <summary>The options of <c>resolve</c> that ask a running daemon in place of DNS: <c>--daemon [HOST:PORT] [--refresh|--forget]</c>.</summary>
internal sealed class DaemonOptions
{
    private readonly Option<string?> _daemon = new("--daemon")
    {
        Description = $"Ask a running policyd what it answers and why (default: {DaemonClient.DefaultAddress})",
        HelpName = "HOST:PORT",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _refresh = new("--refresh") { Description = "With --daemon: have it fetch the policy now" };
    private readonly Option<bool> _forget = new("--forget") { Description = "With --daemon: have it forget the domain" };

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
        var (address, destination, problems) = Read(text, parsed);
        if (address is null || destination is null)
            return App.UsageError(terminal, problems);

        var client = new DaemonClient(address, clock);
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

    private (IPEndPoint? Address, Destination? Destination, List<string> Problems) Read(string text, ParseResult parsed)
    {
        var problems = new List<string>();
        var place = parsed.GetValue(_daemon) ?? DaemonClient.DefaultAddress;
        place = place.Replace("localhost:", "127.0.0.1:", StringComparison.Ordinal);
        if (!IPEndPoint.TryParse(place, out var address) || address.Port == 0)
            problems.Add($"--daemon takes an address and a port, such as {DaemonClient.DefaultAddress}, not '{place}'");

        if (!Destination.TryParse(text, out var destination))
            problems.Add($"'{text}' is no domain name, or one that has no policy by its nature");

        if (parsed.GetValue(_refresh) && parsed.GetValue(_forget))
            problems.Add("--refresh and --forget exclude each other");

        return problems.Count > 0 ? (null, null, problems) : (address, destination, problems);
    }

    private static int Write(CommandDocument result, bool json, Terminal terminal)
    {
        terminal.Out.WriteLine(
            json
                ? JsonSerializer.Serialize(result, StatusJson.Default.CommandDocument)
                : PrintableText.Of($"{result.Domain}: {result.Result}", 1000)
        );
        return result.Done ? ExitCode.Fine : ExitCode.Wrong;
    }
}
