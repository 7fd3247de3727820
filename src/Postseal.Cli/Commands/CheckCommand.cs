using System.CommandLine;
using Postseal.Checks;
using Postseal.Checks.Setup;
using Postseal.Cli.Output;
using Postseal.Cli.Setup;
using Postseal.Protocol;

namespace Postseal.Cli.Commands;

/// <summary><c>postseal check DOMAIN…</c>: diagnosis of mail transport security.</summary>
internal static class CheckCommand
{
    private const int ParallelDomains = 8; // each check opens a dozen connections; more would be a scan

    public static Command Create(Terminal terminal, TimeProvider clock)
    {
        var domains = new Argument<string[]>("DOMAIN") { Description = "Domains to check", Arity = ArgumentArity.OneOrMore };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Show all evidence" };
        var format = CheckFormats.Option();
        var lookup = new LookupOptions();
        var command = new Command("check", "Check domains: does mail arrive, is it protected, what to fix")
        {
            domains,
            verbose,
            format,
        };
        lookup.AddTo(command);
        command.SetAction(
            (parsed, ct) =>
            {
                var (names, badNames) = DomainArguments.Read(parsed.GetValue(domains) ?? []);
                var (settings, badOptions) = lookup.Read(parsed, terminal);
                var (kind, badFormat) = CheckFormats.Read(parsed.GetValue(format), lookup.Json(parsed));
                var problems = (string[])[.. badNames, .. badOptions, .. badFormat];
                return settings is null || problems.Length > 0
                    ? Task.FromResult(App.UsageError(terminal, problems))
                    : RunAsync(names, settings, kind, parsed.GetValue(verbose), terminal, clock, ct);
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(
        IReadOnlyList<DomainName> domains,
        LookupSettings settings,
        CheckFormat format,
        bool verbose,
        Terminal terminal,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var (engine, problems) = Engine.Create(settings, clock);
        if (engine is null)
            return App.UsageError(terminal, problems);

        using var check = new DomainCheck(engine.Dns, engine.PolicyHost, engine.Options, clock);
        var results = await CheckAllAsync(check, domains, terminal, ct);
        if (format == CheckFormat.Text)
            WriteText(results, verbose, terminal);
        else
            await terminal.Out.WriteLineAsync(CheckFormats.Write(format, results).AsMemory(), ct);

        return ExitCode.Worst(results.Select(r => r.ExitCode));
    }

    private static async Task<CheckResult[]> CheckAllAsync(
        DomainCheck check,
        IReadOnlyList<DomainName> domains,
        Terminal terminal,
        CancellationToken ct
    )
    {
        using var progress = terminal.Progress ? new ProgressLine(terminal, domains.Count) : null;
        using var gate = new SemaphoreSlim(ParallelDomains);
        return await Task.WhenAll(
            domains.Select(async domain =>
            {
                await gate.WaitAsync(ct);
                try
                {
                    return await check.RunAsync(domain, progress, ct);
                }
                finally
                {
                    progress?.Finish();
                    gate.Release();
                }
            })
        );
    }

    private static void WriteText(CheckResult[] results, bool verbose, Terminal terminal)
    {
        foreach (var (i, result) in results.Index())
        {
            if (i > 0)
                terminal.Out.WriteLine();

            CheckReport.Write(result, verbose, terminal);
        }

        if (results.Length > 1)
            CheckReport.WriteOverview(results, terminal);
    }
}
