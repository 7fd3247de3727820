using System.Text.Json;
using Postseal.Cli.Commands;
using Postseal.Cli.Output;
using Postseal.Cli.Policyd.Configuration;
using Postseal.Resolver.Dns;

namespace Postseal.Cli.Policyd.SelfTest;

/// <summary><c>postseal policyd --self-test</c>: resolver, Postfix, running daemon; what to change, and an exit code for scripts.</summary>
internal static class SelfTestCommand
{
    public static async Task<int> RunAsync(
        PolicydOptions options,
        IDns dns,
        DnsOptions dnsOptions,
        Terminal terminal,
        bool json,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var verdict = await ResolverTest.RunAsync(options.DnssecProbe, dns, dnsOptions, ct);

        // What could not be told may turn out well: Postfix has to be ready for DANE answers then.
        var gives = verdict is ResolverVerdict.Validates or ResolverVerdict.CouldNotTell;
        var ours = new OurSide(options.Listen, [.. dnsOptions.Servers.Select(s => s.Address)], gives);
        var postfix = await PostfixTest.RunAsync(ours, clock, ct);
        var daemon = await DaemonTest.RunAsync(options.Listen, clock, ct);
        SelfTestFinding[] all = [verdict.Finding, .. postfix, .. daemon];
        if (json)
            await terminal.Out.WriteLineAsync(JsonSerializer.Serialize(Document(all), CliJson.Default.SelfTestDocument));
        else
            SelfTestReport.Write(all, terminal);

        return Code(all);
    }

    /// <summary>0 fine, 1 something to change, 3 could not tell.</summary>
    public static int Code(IEnumerable<SelfTestFinding> findings) =>
        ExitCode.Worst(
            findings.Select(f =>
                f.Level switch
                {
                    SelfTestLevel.Unknown => ExitCode.Unknown,
                    SelfTestLevel.Change => ExitCode.Wrong,
                    _ => ExitCode.Fine,
                }
            )
        );

    /// <summary>The machine's form.</summary>
    public static SelfTestDocument Document(IReadOnlyList<SelfTestFinding> findings) =>
        new(
            "postseal.selftest/1",
            Code(findings) switch
            {
                ExitCode.Fine => "ok",
                ExitCode.Wrong => "change",
                _ => "unknown",
            },
            [
                .. findings.Select(f => new SelfTestPart(
                    f.Id,
                    f.Level.ToString().ToLowerInvariant(),
                    f.Sentence,
                    f.Remedy?.Sentence,
                    f.Remedy?.Commands
                )),
            ]
        );
}
