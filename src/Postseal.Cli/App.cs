using System.CommandLine;
using System.CommandLine.Invocation;
using Postseal.Cli.Commands;
using Postseal.Cli.Output;

namespace Postseal.Cli;

/// <summary>The program <c>postseal</c>: verbs, exit codes, and the one place that catches what nobody foresaw.</summary>
public static class App
{
    /// <summary>Runs one command line and gives the exit code: 0 nothing wrong, 1 something is, 2 usage or configuration, 3 could not tell, 130 interrupted.</summary>
    public static async Task<int> RunAsync(string[] args, Terminal terminal, TimeProvider clock, CancellationToken ct)
    {
        var root = new RootCommand(
            "Mail transport security that a postmaster can switch on, see and trust: MTA-STS, TLS reporting, DANE."
        )
        {
            CheckCommand.Create(terminal, clock),
            ResolveCommand.Create(terminal, clock),
            ProbeCommand.Create(terminal, clock),
            PolicyCommand.Create(terminal, clock),
            Policyd.PolicydCommand.Create(terminal, clock),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction or null)
            return UsageError(terminal, [.. parsed.Errors.Select(e => e.Message)]);

        try
        {
            return await parsed.InvokeAsync(
                new()
                {
                    Output = terminal.Out,
                    Error = terminal.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                },
                ct
            );
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return 130;
        }
        catch (IOException e) when (e.HResult == BrokenPipe)
        {
            return 0; // the reader of our output has seen enough (postseal … | head)
        }
        catch (Exception e)
        {
            // A bug: the one boundary that must not show a stack trace to a postmaster as if it were a result.
            terminal.Error.WriteLine($"postseal: internal error, please report it: {e}");
            return 70;
        }
    }

    private const int BrokenPipe = 32; // EPIPE

    internal static int UsageError(Terminal terminal, IReadOnlyList<string> problems)
    {
        foreach (var problem in problems)
            terminal.Error.WriteLine($"postseal: {Protocol.PrintableText.Of(problem, 500)}");

        terminal.Error.WriteLine("Try 'postseal --help'.");
        return ExitCode.Usage;
    }
}
