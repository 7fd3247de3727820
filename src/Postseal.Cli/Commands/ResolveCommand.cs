using System.CommandLine;
using System.Text.Json;
using Postseal.Checks.Setup;
using Postseal.Checks.Verdicts;
using Postseal.Cli.Output;
using Postseal.Cli.Setup;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Protocol.TlsRpt;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Decisions;
using Postseal.Resolver.Mx;
using Postseal.Resolver.Sts;

namespace Postseal.Cli.Commands;

/// <summary><c>postseal resolve DOMAIN</c>: what a compliant sender would do with each MX host right now, and why. Contacts no MX host.</summary>
internal static class ResolveCommand
{
    public static Command Create(Terminal terminal, TimeProvider clock)
    {
        var domain = new Argument<string>("DOMAIN") { Description = "Recipient domain" };
        var lookup = new LookupOptions();
        var command = new Command("resolve", "What a compliant sender would do with each MX host of a domain, and why")
        {
            domain,
        };
        var daemon = new DaemonOptions();
        daemon.AddTo(command);
        lookup.AddTo(command);
        command.SetAction(
            (parsed, ct) =>
            {
                if (daemon.IsAsked(parsed))
                    return daemon.RunAsync(parsed.GetValue(domain) ?? "", parsed, lookup.Json(parsed), terminal, clock, ct);

                var (names, badNames) = DomainArguments.Read([parsed.GetValue(domain) ?? ""]);
                var (settings, badOptions) = lookup.Read(parsed, terminal);
                return settings is null || badNames.Count > 0
                    ? Task.FromResult(App.UsageError(terminal, [.. badNames, .. badOptions]))
                    : RunAsync(names[0], settings, lookup.Json(parsed), terminal, clock, ct);
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(
        DomainName domain,
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
            var resolution = await ResolveAsync(domain, engine, linked.Token);
            if (json)
                await terminal.Out.WriteLineAsync(
                    JsonSerializer.Serialize(Document(resolution), CliJson.Default.ResolveDocument)
                );
            else
                WriteText(resolution, terminal);

            return Code(resolution);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            terminal.Error.WriteLine($"postseal: {domain}: no answer within {engine.Options.Timeout.TotalSeconds:0.#} s");
            return ExitCode.Unknown;
        }
    }

    private sealed record Resolution(
        DomainName Domain,
        StsEvidence Sts,
        MxLookup Mx,
        IReadOnlyList<(MxHost Host, Decision Decision)> Hosts
    );

    private static async Task<Resolution> ResolveAsync(DomainName domain, Engine engine, CancellationToken ct)
    {
        var sts = new StsResolver(engine.Dns, engine.PolicyHost).LookupAsync(domain, each: false, ct);
        var tlsa = new DaneResolver(engine.Dns);
        var mx = await new MxResolver(engine.Dns).LookupAsync(domain, ct);
        if (mx is not MxLookup.Hosts { InOrder: var hosts, Secure: var secure })
            return new(domain, await sts, mx, []);

        var dane = await Task.WhenAll(
            hosts.Take(Checks.Facts.CheckBudget.MaxHosts).Select(h => tlsa.LookupAsync(h.Name, engine.Options.Probe.Port, ct))
        );
        var evidence = await sts;
        return new(
            domain,
            evidence,
            mx,
            [.. hosts.Zip(dane, (h, d) => (h, Rules.Decide(domain, h.Name, secure, evidence.Lookup, d)))]
        );
    }

    private static int Code(Resolution resolution) =>
        resolution switch
        {
            { Mx: MxLookup.Failed } => ExitCode.Unknown,
            { Mx: MxLookup.NullMx } => ExitCode.Fine,
            { Mx: MxLookup.Nowhere } => ExitCode.Wrong,
            _ when resolution.Hosts.All(h => h.Decision is Decision.Refuse) => ExitCode.Wrong,
            { Sts.Lookup: StsLookup.Unusable { Stage: LookupStage.Dns } } => ExitCode.Unknown,
            _ => ExitCode.Fine,
        };

    private static ResolveDocument Document(Resolution r) =>
        new(
            "postseal.resolve/1",
            r.Domain.Value,
            Sts(r.Sts),
            r.Mx is MxLookup.Hosts hosts ? hosts.Secure : null,
            [
                .. r.Hosts.Select(h => new ResolveMxPart(
                    h.Host.Name.Value,
                    h.Host.Preference,
                    HostDecision.Of(h.Decision).ToString().ToLowerInvariant(),
                    h.Decision.Why,
                    h.Decision.Row,
                    (h.Decision as Decision.Refuse)?.Result?.ToWire(),
                    h.Decision is Decision.RequireTlsa dane ? [.. dane.Records.Select(t => t.ToString())] : null
                )),
            ]
        );

    private static StsPart Sts(StsEvidence evidence)
    {
        var id = (evidence.Selection as StsRecordSelection.Valid)?.Record.Id;
        return evidence.Lookup switch
        {
            StsLookup.Found { Policy: var p } => new(
                "found",
                id,
                Mode(p),
                p.MaxAge,
                [.. p.Mx.Select(m => m.ToString())],
                null,
                null
            ),
            StsLookup.NotPublished => new("not-published", null, null, null, null, null, null),
            StsLookup.Unusable { Stage: LookupStage.Dns } u => new("unknown", null, null, null, null, "dns", u.Reason),
            StsLookup.Unusable u => new("unusable", id, null, null, null, u.Stage.ToString().ToLowerInvariant(), u.Reason),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static string Mode(StsPolicy policy) => policy.Mode.ToString().ToLowerInvariant();

    private static void WriteText(Resolution r, Terminal terminal)
    {
        var ink = new Ink(terminal.Colour);
        terminal.Out.WriteLine(ink.Bold(r.Domain.Value));
        terminal.Out.WriteLine($"  MTA-STS  {Words(r.Sts)}");
        terminal.Out.WriteLine($"  MX       {Words(r.Mx)}");
        foreach (var (host, decision) in r.Hosts)
        {
            terminal.Out.WriteLine();
            terminal.Out.WriteLine(
                $"  {ink.Bold($"{host.Preference} {host.Name}")}  {HostDecision.Of(decision).ToString().ToLowerInvariant()}"
            );
            foreach (var line in Wrap.Lines(PrintableText.Of(decision.Why, 1000), terminal.Width - 4))
                terminal.Out.WriteLine($"    {line}");
        }
    }

    private static string Words(StsEvidence evidence) =>
        Sts(evidence) switch
        {
            { Outcome: "found" } p => $"policy in mode {p.Mode}, id {p.Id}, max_age {p.MaxAge} s, mx: {string.Join(", ", p.Mx!)}",
            { Outcome: "not-published" } => "no policy published",
            { Outcome: "unknown" } p => $"could not be looked up ({p.Reason}): a sender delivers as if there were no policy",
            var p =>
                $"no usable policy ({p.Stage}: {PrintableText.Of(p.Reason ?? "", 200)}): a sender delivers as if there were none",
        };

    private static string Words(MxLookup mx) =>
        mx switch
        {
            MxLookup.Hosts { IsImplicit: true } h => $"none; the domain itself takes mail ({Signed(h.Secure)})",
            MxLookup.Hosts h => $"{h.InOrder.Count} host{(h.InOrder.Count == 1 ? "" : "s")} ({Signed(h.Secure)})",
            MxLookup.NullMx => "the domain takes no mail (null MX)",
            MxLookup.Nowhere { NameExists: false } => "the domain does not exist",
            MxLookup.Nowhere => "no host takes this domain's mail",
            MxLookup.Failed f => $"look-up failed: {PrintableText.Of(f.Detail, 300)}",
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static string Signed(bool secure) => secure ? "DNSSEC-signed" : "not DNSSEC-signed";
}
