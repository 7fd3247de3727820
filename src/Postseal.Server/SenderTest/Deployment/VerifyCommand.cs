using System.CommandLine;
using Postseal.Checks.Setup;

namespace Postseal.Server.SenderTest.Deployment;

/// <summary><c>postseal-server sender-test verify</c>: are the public domains of a sender test broken as they should be?</summary>
internal sealed class VerifyCommand
{
    private const int Wrong = 1;
    private const int NotKnown = 3;

    private readonly Option<bool> _json = new("--json") { Description = "The result as JSON." };
    private readonly VerifyScopeOptions _scope = new();
    private readonly VerifyOptions _lookup = new();
    private readonly TextWriter _output;
    private readonly TextWriter _error;

    private VerifyCommand(TextWriter output, TextWriter error) => (_output, _error) = (output, error);

    public static Command Create(TextWriter output, TextWriter error)
    {
        var verify = new VerifyCommand(output, error);
        var command = new Command(
            "verify",
            "Are the public domains of a sender test broken in the way that is meant, and in no other? Asked from outside."
        );
        verify._scope.AddTo(command);
        command.Options.Add(verify._json);
        verify._lookup.AddTo(command);
        command.SetAction((parsed, ct) => verify.RunAsync(parsed, TimeProvider.System, ct));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, TimeProvider clock, CancellationToken ct)
    {
        var problems = new List<string>();
        var scope = _scope.Read(parsed, clock, problems);
        var settings = _lookup.Read(parsed, Environment.GetEnvironmentVariable, problems);
        if (problems.Count > 0)
            return await ServerApp.FailAsync(_error, problems, ct);

        var (engine, wrong) = Engine.Create(settings, clock);
        if (engine is null)
            return await ServerApp.FailAsync(_error, wrong, ct);

        return await TellAsync(new(engine, scope!.Addresses, clock), scope, parsed.GetValue(_json), ct);
    }

    private async Task<int> TellAsync(Verification verification, VerifyScope scope, bool asJson, CancellationToken ct)
    {
        var (zone, cases) = (scope.Zone, scope.Cases);
        var all = new List<VerifiedCase>();
        await ServerApp.SayAsync(_error, $"{cases.Count} domains in {zone}, {Verification.AtOnce} at a time", ct);
        await foreach (var one in verification.RunAsync(cases, ct))
        {
            all.Add(one);
            await ServerApp.SayAsync(_error, $"{all.Count} of {cases.Count}: {one.Case.Domain}", ct);
            if (!asJson)
                await _output.WriteAsync(VerificationText.Of(one, zone).AsMemory(), ct);
        }

        var end = asJson ? VerificationDocument.Of(zone, all, scope.NotOffered).ToJson() + "\n" : VerificationText.Sum(all);
        await _output.WriteAsync(end.AsMemory(), ct);
        return all.Any(c => c.State == CaseState.Wrong) ? Wrong
            : all.Any(c => c.State == CaseState.NotKnown) ? NotKnown
            : 0;
    }
}
