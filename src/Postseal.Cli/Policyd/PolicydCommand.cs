using System.CommandLine;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Postseal.Checks.Setup;
using Postseal.Cli.Output;
using Postseal.Cli.Policyd.Configuration;
using Postseal.Cli.Policyd.Memory;
using Postseal.Cli.Policyd.Server;
using Postseal.Cli.Policyd.Store;

namespace Postseal.Cli.Policyd;

/// <summary><c>postseal policyd</c>: the policy server that Postfix and Sendmail ask.</summary>
internal static class PolicydCommand
{
    public static Command Create(Terminal terminal, TimeProvider clock)
    {
        var options = new PolicydCommandOptions();
        var command = new Command("policyd", "Answer Postfix and Sendmail with other domains' MTA-STS and DANE policies");
        options.AddTo(command);
        command.Subcommands.Add(
            CommandVerb.Create("refresh", "Have the running daemon fetch a domain's policy now", terminal, clock)
        );
        command.Subcommands.Add(CommandVerb.Create("forget", "Have the running daemon forget a domain", terminal, clock));
        command.SetAction((parsed, ct) => RunAsync(options, parsed, terminal, clock, ct));
        return command;
    }

    private static async Task<int> RunAsync(
        PolicydCommandOptions command,
        ParseResult parsed,
        Terminal terminal,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        NativeHeap.ShareAmongThreads(); // early: the heap that a thread has got already stays its own
        var configuration = PolicydConfiguration.From(command, parsed, terminal);
        var reading = configuration.Read(clock.GetUtcNow());
        if (reading.Options is not { } options)
            return App.UsageError(terminal, reading.Problems);

        var (engine, problems) = Engine.Create(options.Lookup, clock);
        if (engine is null)
            return App.UsageError(terminal, problems);

        if (command.SelfTest(parsed))
            return await SelfTest.SelfTestCommand.RunAsync(
                options,
                engine.Dns,
                engine.DnsOptions,
                terminal,
                command.Json(parsed),
                clock,
                ct
            );

        var level = new LogThreshold(options.LogLevel);
        using var logs = Logs(level);
        var log = logs.CreateLogger("policyd");
        foreach (var warning in reading.Warnings)
            PolicydLog.ConfigurationWarning(log, warning);

        return await ServeAsync(configuration, options, engine, level, logs, terminal, clock, ct);
    }

    private static async Task<int> ServeAsync(
        PolicydConfiguration configuration,
        PolicydOptions options,
        Engine engine,
        LogThreshold level,
        ILoggerFactory logs,
        Terminal terminal,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        try
        {
            // Where systemd holds the sockets, what it hands over is what counts.
            var inherited = SocketActivation.Inherited(terminal.Variable, Environment.ProcessId);
            var serving = inherited.Count > 0 ? options with { Listen = inherited } : options;
            await using var daemon = Daemon.Create(serving, engine, logs, clock);
            using var reload = PosixSignalRegistration.Create(
                PosixSignal.SIGHUP,
                signal =>
                {
                    signal.Cancel = true;
                    options = Reload(configuration, options, daemon, level, logs.CreateLogger("policyd"), clock);
                }
            );
            await daemon.RunAsync(ct);
            return ExitCode.Fine;
        }
        catch (Exception e) when (e is StoreException or ListenException || (e is IOException && !ct.IsCancellationRequested))
        {
            return App.UsageError(terminal, [e.Message]);
        }
    }

    private static PolicydOptions Reload(
        PolicydConfiguration configuration,
        PolicydOptions running,
        Daemon daemon,
        LogThreshold level,
        ILogger log,
        TimeProvider clock
    )
    {
        switch (configuration.Reload(running, clock.GetUtcNow()))
        {
            case Configuration.Reload.Taken taken:
                foreach (var warning in taken.Warnings)
                    PolicydLog.ConfigurationWarning(log, warning);
                foreach (var name in taken.NeedRestart)
                    PolicydLog.NeedsRestart(log, name);

                level.Set(taken.Next.LogLevel);
                daemon.Take(taken.Next);
                return taken.Next;

            case Configuration.Reload.Refused refused:
                foreach (var problem in refused.Problems)
                    PolicydLog.ReloadRefused(log, problem);

                return running;

            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    // To stderr, one line each; under systemd with the priority that the journal reads.
    private static ILoggerFactory Logs(LogThreshold level) =>
        LoggerFactory.Create(builder =>
        {
            builder.SetMinimumLevel(LogLevel.Debug);
            builder.AddFilter((category, severity) => level.Passes(category, severity));
            builder.AddConsole(console =>
            {
                console.LogToStandardErrorThreshold = LogLevel.Trace;
                console.FormatterName = ConsoleFormatterNames.Systemd;
            });
        });
}
