using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Postseal.Checks.Json;
using Postseal.Checks.Setup;
using Postseal.Cli.Output;
using Postseal.Cli.Setup;
using Postseal.Protocol;
using Postseal.Protocol.Tls;
using Postseal.Resolver.Decisions;
using Postseal.Resolver.Dns;
using Postseal.Smtp.Probe;

namespace Postseal.Cli.Commands;

/// <summary><c>postseal probe HOST[:PORT]</c>: TLS facts of one MX host, every address. Never sends mail.</summary>
internal static class ProbeCommand
{
    public static Command Create(Terminal terminal, TimeProvider clock)
    {
        var target = new Argument<string>("HOST[:PORT]") { Description = "Name of the MX host" };
        var lookup = new LookupOptions();
        var command = new Command("probe", "TLS facts of one MX host: what it offers, presents and answers") { target };
        lookup.AddTo(command);
        command.SetAction(
            (parsed, ct) =>
            {
                var (settings, problems) = lookup.Read(parsed, terminal);
                var (host, port, problem) = Target(parsed.GetValue(target) ?? "", settings?.SmtpPort ?? 0);
                return settings is null || host is null
                    ? Task.FromResult(App.UsageError(terminal, problem is null ? problems : [problem, .. problems]))
                    : RunAsync(host, settings with { SmtpPort = port }, lookup.Json(parsed), terminal, clock, ct);
            }
        );
        return command;
    }

    private static (DomainName? Host, int Port, string? Problem) Target(string text, int standardPort)
    {
        var (name, port) = (text, standardPort);
        var colon = text.LastIndexOf(':');
        if (colon >= 0)
        {
            name = text[..colon];
            if (
                !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)
                || port is < 1 or > 65535
            )
                return (null, 0, $"'{text}': the port must be from 1 to 65535");
        }

        var (hosts, problems) = DomainArguments.Read([name]);
        return problems.Count > 0 ? (null, 0, problems[0]) : (hosts[0], port, null);
    }

    private static async Task<int> RunAsync(
        DomainName host,
        LookupSettings settings,
        bool json,
        Terminal terminal,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var (engine, problems) = Engine.Create(settings, clock);
        if (engine is null)
            return App.UsageError(terminal, problems);

        using var limit = new CancellationTokenSource(engine.Options.Timeout, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            var answers = await Task.WhenAll(
                engine.Dns.AddressesAsync(host, AddressFamily.InterNetwork, linked.Token),
                engine.Dns.AddressesAsync(host, AddressFamily.InterNetworkV6, linked.Token)
            );
            var addresses = answers.OfType<DnsAnswer<IPAddress>.Found>().SelectMany(a => a.Records).ToArray();
            if (addresses.Length == 0)
                return NoAddress(host, answers, terminal);

            var probe = new ProbeHost(new SmtpProbe(engine.Options.Probe, clock), clock);
            var results = await probe.ProbeAllAsync(host, host, addresses, linked.Token);
            await WriteAsync(Document(host, settings.SmtpPort, results, clock.GetUtcNow()), json, terminal, ct);
            return Code(results);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            terminal.Error.WriteLine($"postseal: {host}: no result within {engine.Options.Timeout.TotalSeconds:0.#} s");
            return ExitCode.Unknown;
        }
    }

    private static int NoAddress(DomainName host, DnsAnswer<IPAddress>[] answers, Terminal terminal)
    {
        var failed = answers.OfType<DnsAnswer<IPAddress>.Failed>().FirstOrDefault();
        var reason = failed is null ? "has no address" : $"could not be looked up: {PrintableText.Of(failed.Detail, 300)}";
        terminal.Error.WriteLine($"postseal: {host} {reason}");
        return failed is null ? ExitCode.Wrong : ExitCode.Unknown;
    }

    private static ProbeDocument Document(DomainName host, int port, IReadOnlyList<ProbeResult> results, DateTimeOffset now)
    {
        // What a sender would report that is held to a verified certificate for this very name.
        var strict = new Decision.RequirePkix("D-MX-7", "", host, []);
        return new(
            "postseal.probe/1",
            host.Value,
            port,
            [.. results.Select(r => MxDocuments.Session(r, Rules.Judge(strict, r.Tls, now)))]
        );
    }

    private static async Task WriteAsync(ProbeDocument document, bool json, Terminal terminal, CancellationToken ct)
    {
        if (json)
        {
            await terminal.Out.WriteLineAsync(JsonSerializer.Serialize(document, CliJson.Default.ProbeDocument).AsMemory(), ct);
            return;
        }

        var ink = new Ink(terminal.Colour);
        terminal.Out.WriteLine(ink.Bold($"{document.Host}:{document.Port}"));
        foreach (var session in document.Sessions)
            EvidenceReport.WriteSession(session, ink, terminal);
    }

    /// <summary>Wrong where some address lacks verified TLS; unknown where no address could be asked.</summary>
    private static int Code(IReadOnlyList<ProbeResult> results)
    {
        var told = results.Where(r => r.Tls is not TlsOutcome.Unknown).ToArray();
        return told.Length == 0 ? ExitCode.Unknown
            : told.All(r => r.Tls is TlsOutcome.Established { Chain.IsValid: true }) ? ExitCode.Fine
            : ExitCode.Wrong;
    }
}
