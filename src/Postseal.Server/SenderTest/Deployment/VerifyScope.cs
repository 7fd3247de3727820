using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Postseal.Protocol;
using Postseal.Server.Configuration;
using Postseal.Server.SenderTest.Cases;

namespace Postseal.Server.SenderTest.Deployment;

/// <summary>What <c>sender-test verify</c> looks at.</summary>
/// <param name="Zone">The zone of all cases.</param>
/// <param name="Addresses">Where address records must lead; null for anywhere.</param>
/// <param name="Places">How often the domains that change exist; 0: once, in the zone itself.</param>
/// <param name="NotOffered">Ids of cases that are left out.</param>
/// <param name="PolicyId">The id in records that are to be published; those that are there may have any.</param>
internal sealed record VerifyScope(
    string Zone,
    IReadOnlyList<IPAddress>? Addresses,
    int Places,
    IReadOnlyList<string> NotOffered,
    string PolicyId
)
{
    /// <summary>The domains, in order.</summary>
    public IReadOnlyList<SenderCase> Cases
    {
        get
        {
            var all = CaseCatalogue.All(Zone, _ => false, PolicyId);
            var changing = Enumerable
                .Range(1, Places)
                .SelectMany(n => CaseCatalogue.Changing($"p{n}.{Zone}", _ => false, PolicyId, d => d));
            return [.. all.Where(c => Places == 0 || !c.Changes()).Concat(changing).Where(c => !NotOffered.Contains(c.Id))];
        }
    }

    /// <summary>That of a deployment.</summary>
    /// <param name="clock">Tells whether a certificate has expired.</param>
    public static VerifyScope Of(SenderTestSettings settings, TimeProvider clock)
    {
        var notOffered = PublicBench.Plan(settings, HasExpired(settings, clock)).NotOffered.Keys;
        return new(
            settings.Zone,
            settings.Addresses,
            settings.HasNameServer ? settings.Places : 0,
            [.. notOffered],
            PolicyIds.Of(clock.GetUtcNow())
        );
    }

    // The folder may be on another machine: from outside nothing is known of it, and nothing is to be made in it.
    private static bool HasExpired(SenderTestSettings settings, TimeProvider clock)
    {
        try
        {
            return CertificateFolder.IsThere(settings.CertificateFolder)
                && CertificateFolder
                    .Open(settings.CertificateFolder, clock, NullLogger.Instance)
                    .HasExpired(PublicBench.ExpiredHost(settings));
        }
        catch (CertificateFolderException)
        {
            return false;
        }
    }
}

/// <summary>The options that say what <c>sender-test verify</c> looks at: the configuration of the deployment, or its zone and what it lacks.</summary>
internal sealed class VerifyScopeOptions
{
    private const int MaxPlaces = 1000; // each is several domains more to look at
    private const int MaxShown = 120; // characters of a wrong value

    private readonly Option<string?> _config = new("--config")
    {
        Description = "The configuration of the deployment, with [sender-test]; in place of the four options below.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _data = new("--data")
    {
        Description = $"The data folder of the server (default: {ServerConfiguration.StandardData}).",
        HelpName = "DIR",
    };

    private readonly Option<string?> _zone = new("--zone")
    {
        Description = "The zone that the domains of all cases live in.",
        HelpName = "NAME",
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

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_config);
        command.Options.Add(_data);
        command.Options.Add(_zone);
        command.Options.Add(_addresses);
        command.Options.Add(_notOffered);
        command.Options.Add(_places);
    }

    /// <summary>Reads them; what is wrong with them goes to the problems.</summary>
    public VerifyScope? Read(ParseResult parsed, TimeProvider clock, List<string> problems)
    {
        var config = parsed.GetValue(_config);
        if (config is null == parsed.GetValue(_zone) is null)
        {
            problems.Add("verify needs either --config or --zone");
            return null;
        }

        return config is null ? FromOptions(parsed, clock, problems) : FromFile(config, parsed, clock, problems);
    }

    // Of the file only this table counts: from outside, other files that it names need not be there.
    private VerifyScope? FromFile(string config, ParseResult parsed, TimeProvider clock, List<string> problems)
    {
        var file = ServerFile.Read(config);
        problems.AddRange(file.Problems);
        var data = parsed.GetValue(_data) ?? ServerConfiguration.StandardData;
        if (new SenderTestTable(file.Settings, problems).Read(data, []) is { } settings)
            return VerifyScope.Of(settings, clock);

        if (problems.Count == 0)
            problems.Add("the configuration has no [sender-test]");

        return null;
    }

    private VerifyScope FromOptions(ParseResult parsed, TimeProvider clock, List<string> problems)
    {
        var places = parsed.GetValue(_places);
        if (places is < 0 or > MaxPlaces)
            problems.Add($"--places takes a number from 0 to {MaxPlaces}");

        return new(
            Zone(parsed.GetValue(_zone)!, problems),
            Addresses(parsed, problems),
            Math.Clamp(places, 0, MaxPlaces),
            NotOffered(parsed, problems),
            PolicyIds.Of(clock.GetUtcNow())
        );
    }

    private static string Zone(string text, List<string> problems)
    {
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

    private string[] NotOffered(ParseResult parsed, List<string> problems)
    {
        string[] left =
        [
            .. (parsed.GetValue(_notOffered) ?? []).SelectMany(l => l.Split(',', StringSplitOptions.RemoveEmptyEntries)),
        ];
        string[] known = [.. CaseCatalogue.All("invalid", _ => false).Select(c => c.Id)];
        foreach (var id in left.Except(known))
            problems.Add(
                $"--not-offered: there is no case '{PrintableText.Of(id, MaxShown)}'; there are {string.Join(", ", known)}"
            );

        return left;
    }
}
