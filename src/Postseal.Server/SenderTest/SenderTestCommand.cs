using System.CommandLine;
using System.CommandLine.Parsing;
using MimeKit;
using Postseal.Lab;
using Postseal.Server.Lab;
using Postseal.Server.SenderTest.Deployment;
using Postseal.Server.SenderTest.Documents;
using Postseal.Server.SenderTest.Running;
using Postseal.Server.SenderTest.Verdicts;

namespace Postseal.Server.SenderTest;

/// <summary><c>postseal-server sender-test</c>: how does this mail server treat MTA-STS and DANE? In the lab, on loopback.</summary>
internal sealed class SenderTestCommand
{
    /// <summary>The password of <c>--user</c>; a command line would show it to everybody on the machine.</summary>
    public const string PasswordVariable = "POSTSEAL_VIA_PASSWORD";

    private const int Failed = 1;
    private const int Inconclusive = 3;
    private const int StandardWait = 60;
    private const int LongestWait = 7 * 24 * 3600; // a week; mail servers give up after five days
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Option<string> _via = new("--via")
    {
        Description = "Where the server under test takes mail.",
        HelpName = "HOST:PORT",
        Required = true,
    };

    private readonly Option<string> _from = new("--from")
    {
        Description = "Envelope sender; reports of failure go there.",
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => "sender-test@sender.test",
    };

    private readonly Option<string?> _user = new("--user")
    {
        Description = $"Log in as this user; the password is in {PasswordVariable}.",
        HelpName = "NAME",
    };

    private readonly Option<bool> _json = new("--json") { Description = "The result as JSON." };

    private readonly Option<string[]> _cases = new("--cases")
    {
        Description = "Only these, such as C1,C6; C0 and the control are always played.",
        HelpName = "ID,…",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<int> _wait = new("--wait")
    {
        Description = "How long the sender may take for each message.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => StandardWait,
    };

    private readonly LabPorts _ports = new();

    private readonly Argument<string[]> _program = new("command")
    {
        Description = "Starts the server under test inside the lab, whose environment it gets; write it after two hyphens.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly TextWriter _output;
    private readonly TextWriter _error;

    private SenderTestCommand(TextWriter output, TextWriter error) => (_output, _error) = (output, error);

    public static Command Create(TextWriter output, TextWriter error)
    {
        var test = new SenderTestCommand(output, error);
        var command = new Command(
            "sender-test",
            "Does this mail server honour MTA-STS and DANE when it sends? A closed test on this machine."
        )
        {
            test._via,
            test._from,
            test._user,
            test._json,
            test._cases,
            test._wait,
            test._program,
            VerifyCommand.Create(output, error),
        };
        test._ports.AddTo(command);
        command.Subcommands.Add(ZoneCommand.Create(output, error));
        command.SetAction((parsed, ct) => test.RunAsync(parsed, TimeProvider.System, ct));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, TimeProvider clock, CancellationToken ct)
    {
        var (options, problem) = Read(parsed);
        if (options is null)
            return await ServerApp.FailAsync(_error, [problem!], ct);

        (var plan, problem) = RunPlan.Make(options, LabInternet.HasIPv6, clock.GetUtcNow());
        if (plan is null)
            return await ServerApp.FailAsync(_error, [problem!], ct);

        var watch = new Watch();
        var progress = new Progress(_error);
        var place = _ports.Of(parsed) with { Clock = clock, Observer = watch.See };
        await using var lab = await LabInternet.StartAsync(place, plan.FirstDomains, ct);
        await using var server =
            options.Program.Count == 0 ? null : ServerUnderTest.Start(options.Program, lab.Environment, _error, clock);
        if (server is null)
            await progress.SayAsync($"the lab: {string.Join(' ', lab.Environment.Select(v => $"{v.Key}={v.Value}"))}", ct);

        var submission = new Submission(options.Via, options.From, options.Login, clock);
        if (await submission.WaitForServerAsync(StartLimit, () => server?.HasFailed == true, ct) is { } silence)
            return await ServerApp.FailAsync(_error, [$"no mail server at {options.Via}: {silence}", .. Ended(server)], ct);

        var run = new SenderRun(lab, watch, plan, submission, progress, clock);
        var verdict = await run.RunAsync(ct);
        var sender = run.Sender(options.Via);
        var text = parsed.GetValue(_json)
            ? RunDocument.Of(sender, plan.Cases, verdict).ToJson() + "\n"
            : Matrix.Of(sender, plan.Cases, verdict);
        await _output.WriteAsync(text.AsMemory(), ct);
        return ExitCode(verdict);
    }

    private (RunOptions? Options, string? Problem) Read(ParseResult parsed)
    {
        if (Stray(parsed) is { } stray)
            return (null, $"{stray}: there is no such option; a command to start goes after two hyphens, as in -- {stray}");
        if (Via.Parse(parsed.GetValue(_via)!) is not { } via)
            return (null, "--via: give a name or an address, and a port unless it is 25, such as 127.0.0.1:10025");

        var from = parsed.GetValue(_from)!;
        if (!MailboxAddress.TryParse(from, out var mailbox) || mailbox.Address != from || mailbox.Domain.Length == 0)
            return (null, "--from: give an address, such as you@example.com");

        var wait = parsed.GetValue(_wait);
        if (wait is < 1 or > LongestWait)
            return (null, $"--wait: give a number of seconds from 1 to {LongestWait}");

        Login? login = null;
        if (parsed.GetValue(_user) is { } user)
        {
            if (Environment.GetEnvironmentVariable(PasswordVariable) is not { } password)
                return (null, $"--user: put the password into the environment variable {PasswordVariable}");

            login = new(user, password);
        }

        string[] cases =
        [
            .. (parsed.GetValue(_cases) ?? []).SelectMany(c =>
                c.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            ),
        ];
        return (new(via, from, login, cases, TimeSpan.FromSeconds(wait), parsed.GetValue(_program) ?? []), null);
    }

    // The first word of a command that does not stand behind the hyphens: an option mistyped, perhaps, and not a program to start.
    private string? Stray(ParseResult parsed)
    {
        var command = parsed.GetValue(_program) ?? [];
        var behind = parsed.Tokens.SkipWhile(t => t.Type != TokenType.DoubleDash).Skip(1).Count();
        return command.Length > behind ? command[0] : null;
    }

    private static IEnumerable<string> Ended(ServerUnderTest? server) => server?.End is { } end ? [$"the command {end}"] : [];

    private static int ExitCode(RunVerdict verdict) =>
        verdict.Cases.Any(c => c.Outcome == Outcome.Fail) ? Failed
        : verdict.Cases.Any(c => c.Outcome == Outcome.Inconclusive) ? Inconclusive
        : 0;
}
