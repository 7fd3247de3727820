using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Postseal.Checks.Facts;
using Postseal.Checks.Setup;
using Postseal.Cli.Output;
using Postseal.Cli.Setup;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Protocol.TlsRpt;
using Postseal.Resolver.Mx;

namespace Postseal.Cli.Commands;

/// <summary><c>postseal policy new DOMAIN</c>: a policy from the live MX records, the DNS lines in the order of publication, and a warning where live hosts would fail it.</summary>
internal static class PolicyNewCommand
{
    public static Command Create(Terminal terminal, TimeProvider clock)
    {
        var domain = new Argument<string>("DOMAIN") { Description = "Policy domain" };
        var mode = new Option<string>("--mode")
        {
            Description = "testing, enforce or none",
            HelpName = "MODE",
            DefaultValueFactory = _ => "testing",
        };
        var maxAge = new Option<string?>("--max-age")
        {
            Description = "Seconds (default: a day in testing and none, two weeks in enforce)",
            HelpName = "SECONDS",
        };
        var rua = new Option<string?>("--rua")
        {
            Description = "Where TLS reports go (default: mailto:tls-reports@DOMAIN)",
            HelpName = "URI",
        };
        var lookup = new LookupOptions();
        var command = new Command("new", "Write a policy and its DNS lines from the live MX records")
        {
            domain,
            mode,
            maxAge,
            rua,
        };
        lookup.AddTo(command);
        command.SetAction(
            (parsed, ct) =>
            {
                var (names, badNames) = DomainArguments.Read([parsed.GetValue(domain) ?? ""]);
                var (settings, badOptions) = lookup.Read(parsed, terminal);
                var (draft, badDraft) = PolicyDraft.Read(parsed.GetValue(mode), parsed.GetValue(maxAge), parsed.GetValue(rua));
                return settings is null || draft is null || names.Count == 0
                    ? Task.FromResult(App.UsageError(terminal, [.. badNames, .. badOptions, .. badDraft]))
                    : RunAsync(names[0], draft, settings, lookup.Json(parsed), terminal, clock, ct);
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(
        DomainName domain,
        PolicyDraft draft,
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

        using var probes = new ProbeDesk(engine.Options.Probe, new(), clock);
        var gatherer = new DomainGatherer(engine.Dns, engine.PolicyHost, probes, engine.Options, clock);
        var (mx, hosts) = await gatherer.GatherMailAsync(domain, draft.Lookup, ct);
        if (Obstacle(mx, draft) is { } obstacle)
        {
            terminal.Error.WriteLine($"postseal: {domain}: {obstacle.Text}");
            return obstacle.Code;
        }

        var policy = draft.For(mx);
        var warnings = NewPolicyWarnings.Of(policy, mx, hosts, clock.GetUtcNow()).ToArray();
        var document = Document(domain, draft, policy, warnings);
        if (json)
            await terminal.Out.WriteLineAsync(
                JsonSerializer.Serialize(document, CliJson.Default.NewPolicyDocument).AsMemory(),
                ct
            );
        else
            WriteText(document, terminal);

        return warnings.Length > 0 && policy.Mode == StsMode.Enforce ? ExitCode.Wrong : ExitCode.Fine;
    }

    private static (string Text, int Code)? Obstacle(MxLookup mx, PolicyDraft draft) =>
        mx switch
        {
            MxLookup.Failed failed => ($"the MX look-up failed: {PrintableText.Of(failed.Detail, 300)}", ExitCode.Unknown),
            MxLookup.Nowhere { NameExists: false } => ("the domain does not exist", ExitCode.Wrong),
            MxLookup.Nowhere or MxLookup.NullMx when draft.Mode != StsMode.None => (
                "the domain takes no mail; only a policy of --mode none makes sense",
                ExitCode.Wrong
            ),
            _ => null,
        };

    private static NewPolicyDocument Document(DomainName domain, PolicyDraft draft, StsPolicy policy, string[] warnings)
    {
        var id = PolicyDraft.IdOf(policy);
        return new(
            "postseal.policy/1",
            domain.Value,
            $"https://{StsPolicy.HostLabel}.{domain}{StsPolicy.Path}",
            policy.ToString(),
            id,
            [
                $"{TlsRptRecord.Label}.{domain}. IN TXT \"v=TLSRPTv1; rua={draft.Rua ?? $"mailto:tls-reports@{domain}"};\"",
                $"{StsPolicy.HostLabel}.{domain}. IN A <address of your web server>",
                $"{StsRecord.Label}.{domain}. IN TXT \"v=STSv1; id={id};\"",
            ],
            warnings
        );
    }

    private static void WriteText(NewPolicyDocument document, Terminal terminal)
    {
        var ink = new Ink(terminal.Colour);
        Step(1, "Ask for TLS reports, so that failures are seen:");
        Copy(document.Dns[0]);
        Step(2, $"Point the policy host to a web server with a certificate for {StsPolicy.HostLabel}.{document.Domain}:");
        Copy(document.Dns[1]);
        Step(3, $"Serve this text as text/plain at {document.Url}");
        foreach (var line in document.Policy.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Copy(line.TrimEnd('\r'));

        Step(4, "Last, when the text can be fetched, announce it:");
        Copy(document.Dns[2]);
        foreach (var warning in document.Warnings)
        {
            terminal.Out.WriteLine();
            foreach (var (i, line) in Wrap.Lines(PrintableText.Of(warning, 2000), terminal.Width - 9).Index())
                terminal.Out.WriteLine((i == 0 ? ink.Level(Checks.Findings.Level.Warn, "WARNING") : "       ") + $"  {line}");
        }

        void Step(int number, string text)
        {
            if (number > 1)
                terminal.Out.WriteLine();

            terminal.Out.WriteLine(ink.Bold(string.Create(CultureInfo.InvariantCulture, $"{number}. {text}")));
        }

        void Copy(string line) => terminal.Out.WriteLine($"   {line}");
    }
}
