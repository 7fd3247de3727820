using System.CommandLine;
using System.Net;
using Postseal.Checks.Setup;
using Postseal.Protocol;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Tests;

namespace Postseal.Server.SenderTest.Deployment;

/// <summary><c>postseal-server sender-test verify</c>: are the public domains of a sender test broken as they should be?</summary>
internal sealed class VerifyCommand
{
    private const int Wrong = 1;
    private const int NotKnown = 3;
    private const int MaxPlaces = 1000; // each is several domains more to look at
    private const int MaxShown = 120; // characters of a wrong value

    private readonly Option<string> _zone = new("--zone")
    {
        Description = "The zone that the domains of all cases live in.",
        HelpName = "NAME",
        Required = true,
    };

    private readonly Option<string[]> _addresses = new("--address")
    {
        Description = "Where address records must lead (repeatable; default: anywhere).",
        HelpName = "IP",
    };

    private readonly Option<string[]> _notOffered = new("--not-offered")
    {
        Description = "Cases that this deployment does not offer, such as C3,C5.",
        HelpName = "ID,…",
    };

    private readonly Option<int> _places = new("--places")
    {
        Description =
            "How often the domains that change with a test exist, in p1.ZONE and so on; by default once, in the zone itself.",
        HelpName = "N",
    };

    private readonly Option<bool> _json = new("--json") { Description = "The result as JSON." };
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
        )
        {
            verify._zone,
            verify._addresses,
            verify._notOffered,
            verify._places,
            verify._json,
        };
        verify._lookup.AddTo(command);
        command.SetAction((parsed, ct) => verify.RunAsync(parsed, TimeProvider.System, ct));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, TimeProvider clock, CancellationToken ct)
    {
        var problems = new List<string>();
        var (zone, addresses) = (Zone(parsed, problems), Addresses(parsed, problems));
        var settings = _lookup.Read(parsed, Environment.GetEnvironmentVariable, problems);
        string[] left = [.. (parsed.GetValue(_notOffered) ?? []).SelectMany(Ids)];
        var cases = Cases(zone, Places(parsed, problems), left, problems);
        if (problems.Count > 0)
            return await ServerApp.FailAsync(_error, problems, ct);

        var (engine, wrong) = Engine.Create(settings, clock);
        if (engine is null)
            return await ServerApp.FailAsync(_error, wrong, ct);

        var verification = new Verification(engine, addresses, clock);
        return await TellAsync(verification, zone, cases, left, parsed.GetValue(_json), ct);
    }

    private async Task<int> TellAsync(
        Verification verification,
        string zone,
        IReadOnlyList<SenderCase> cases,
        IReadOnlyList<string> notOffered,
        bool asJson,
        CancellationToken ct
    )
    {
        var all = new List<VerifiedCase>();
        await ServerApp.SayAsync(_error, $"{cases.Count} domains in {zone}, {Verification.AtOnce} at a time", ct);
        await foreach (var one in verification.RunAsync(cases, ct))
        {
            all.Add(one);
            await ServerApp.SayAsync(_error, $"{all.Count} of {cases.Count}: {one.Case.Domain}", ct);
            if (!asJson)
                await _output.WriteAsync(VerificationText.Of(one, zone).AsMemory(), ct);
        }

        var end = asJson ? VerificationDocument.Of(zone, all, notOffered).ToJson() + "\n" : VerificationText.Sum(all);
        await _output.WriteAsync(end.AsMemory(), ct);
        return all.Any(c => c.State == CaseState.Wrong) ? Wrong
            : all.Any(c => c.State == CaseState.NotKnown) ? NotKnown
            : 0;
    }

    private string Zone(ParseResult parsed, List<string> problems)
    {
        var text = parsed.GetValue(_zone)!;
        // Every name below it must exist, too.
        if (DomainName.TryParse(text, out var zone, out _) && zone.TryPrepend("_25._tcp.mx1.control-dane", out _))
            return zone.Value;

        problems.Add($"--zone takes a domain name, such as sender.example.com, not '{PrintableText.Of(text, MaxShown)}'");
        return "invalid";
    }

    private List<IPAddress>? Addresses(ParseResult parsed, List<string> problems)
    {
        if (parsed.GetValue(_addresses) is not { Length: > 0 } texts)
            return null;

        var addresses = new List<IPAddress>();
        foreach (var text in texts)
        {
            // IPAddress would also read "1" and "127.1", which few mean.
            if (IPAddress.TryParse(text, out var address) && (text.Contains(':') || text.Count(c => c == '.') == 3))
                addresses.Add(address);
            else
                problems.Add($"--address takes an IP address, not '{PrintableText.Of(text, MaxShown)}'");
        }

        return addresses;
    }

    private int Places(ParseResult parsed, List<string> problems)
    {
        var places = parsed.GetValue(_places);
        if (places is < 0 or > MaxPlaces)
            problems.Add($"--places takes a number from 0 to {MaxPlaces}");

        return Math.Clamp(places, 0, MaxPlaces);
    }

    private static IReadOnlyList<SenderCase> Cases(string zone, int places, string[] left, List<string> problems)
    {
        var all = CaseCatalogue.All(zone, _ => false);
        problems.AddRange(
            left.Where(id => all.All(c => c.Id != id))
                .Select(id =>
                    $"--not-offered: there is no case '{PrintableText.Of(id, MaxShown)}'; there are {string.Join(", ", all.Select(c => c.Id))}"
                )
        );
        var changing = Enumerable
            .Range(1, places)
            .SelectMany(n => CaseCatalogue.All($"p{n}.{zone}", _ => false).Where(c => c.Changes()));
        return [.. all.Where(c => places == 0 || !c.Changes()).Concat(changing).Where(c => !left.Contains(c.Id))];
    }

    private static string[] Ids(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
