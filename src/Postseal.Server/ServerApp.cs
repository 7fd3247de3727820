using System.CommandLine;
using System.CommandLine.Invocation;
using System.ComponentModel;
using System.Net.Sockets;
using Postseal.Protocol;
using Postseal.Server.Configuration;
using Postseal.Server.Demo;
using Postseal.Server.Hosting;
using Postseal.Server.Lab;
using Postseal.Server.SenderTest;

namespace Postseal.Server;

/// <summary>The program <c>postseal-server</c>: its verbs and exit codes.</summary>
public static class ServerApp
{
    /// <summary>Exit code: usage or configuration error.</summary>
    public const int Usage = 2;

    /// <summary>Exit code: ended by Ctrl-C.</summary>
    public const int Interrupted = 130;

    private const int MaxLine = 4000; // characters of a line for the operator

    /// <summary>Runs one command line and gives the exit code.</summary>
    /// <param name="output">For results.</param>
    /// <param name="error">For everything else.</param>
    /// <param name="ct">Ends the program; as Ctrl-C does.</param>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken ct)
    {
        var root = new RootCommand(
            "Postseal's server side: the lookup site, the sender test, and the lab, a closed mail Internet on this machine."
        )
        {
            RunCommand.Create(error),
            ConfigCommand.Create(output, error),
            LabCommand.Create(output),
            DemoCommand.Create(output),
            SenderTestCommand.Create(output, error),
        };
        RunCommand.AddTo(root, error);
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction or null)
            return await FailAsync(error, [.. parsed.Errors.Select(e => e.Message)], ct);

        try
        {
            return await parsed.InvokeAsync(Configuration(output, error), ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return Interrupted;
        }
        catch (SocketException e)
        {
            return await FailAsync(error, [$"cannot listen: {e.Message}"], ct);
        }
        catch (SiteStartException e)
        {
            return await FailAsync(error, [e.Message], ct);
        }
        catch (Win32Exception e)
        {
            return await FailAsync(error, [e.Message], ct); // names the program that could not be started
        }
    }

    private static InvocationConfiguration Configuration(TextWriter output, TextWriter error) =>
        new()
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null, // Program.cs listens to signals
        };

    /// <summary>Says every problem on a line of its own.</summary>
    internal static async Task<int> FailAsync(TextWriter error, IReadOnlyList<string> problems, CancellationToken ct)
    {
        foreach (var problem in problems)
            await SayAsync(error, problem, ct);

        return Usage;
    }

    /// <summary>A line for the operator, whatever the system's words in it quote.</summary>
    internal static Task SayAsync(TextWriter error, string text, CancellationToken ct) =>
        error.WriteLineAsync($"postseal-server: {PrintableText.Of(text, MaxLine)}".AsMemory(), ct);
}
