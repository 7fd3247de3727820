using System.Globalization;
using Postseal.Checks.Json;

namespace Postseal.Server.Pages.Pictures;

/// <summary>One station of the path.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Text">What was seen there; safe to show.</param>
/// <param name="Level">The level whose look it has; <c>none</c> where there is nothing to judge.</param>
/// <param name="Word">The level as a word.</param>
public sealed record Station(string Title, string Text, string Level, string Word);

/// <summary>One way of the sender: to the policy, or to one MX host. What is behind a station that fails is not reached.</summary>
/// <param name="Name">What it leads to; safe to show.</param>
/// <param name="Stations">In the order in which a sender comes to them.</param>
public sealed record Way(string Name, IReadOnlyList<Station> Stations)
{
    /// <summary>Whether some station ends it.</summary>
    public bool Fails => Stations.Any(s => s.Level is "breaks" or "off");
}

/// <summary>The path of the mail as a sender that checks sees it.</summary>
/// <param name="Ways">First to the policy, then to each MX host in the order of preference.</param>
public sealed record PathPicture(IReadOnlyList<Way> Ways)
{
    /// <summary>From a check.</summary>
    public static PathPicture Of(CheckDocument document) =>
        new([PolicyWay(document), .. document.Mx.Select(mx => MxStations.Of(mx, document))]);

    private static Way PolicyWay(CheckDocument document) =>
        new("Policy", [RecordStation(document), HostStation(document), PolicyStation(document)]);

    private static Station RecordStation(CheckDocument document)
    {
        const string title = "DNS record";
        var worst = Worst(document, "sts-txt-");
        if (worst is "off" or "breaks")
            return new(title, document.Record is null ? "no usable record" : "not valid", "off", "fails");

        if (document.Record is { Id: { } id })
            return new(title, $"id {Html.Safe(id)}", "ok", "passes");

        return worst == "unknown"
            ? new(title, "could not be looked up", "unknown", "unknown")
            : new(title, "none published", "none", "nothing there");
    }

    private static Station HostStation(CheckDocument document)
    {
        const string title = "Policy host";
        if (document.PolicyHost is not { } host)
            return new(title, "not asked", "none", "not reached");

        if (host.Outcome == "fetched")
            return new(title, Html.Safe(host.Host), "ok", "passes");

        return Worst(document, "host-", "http-") == "unknown"
            ? new(title, CodeWords.Fetch(host.Outcome), "unknown", "could not be told")
            : new(title, CodeWords.Fetch(host.Outcome), "off", "fails");
    }

    private static Station PolicyStation(CheckDocument document)
    {
        const string title = "Policy";
        return document.Policy switch
        {
            null => new(title, "not read", "none", "not reached"),
            { Mode: null } => new(title, "not valid", "off", "fails"),
            { Mode: "enforce", Mx: var mx } => new(title, $"enforce, {Lines(mx)}", "ok", "passes"),
            { Mode: "testing", Mx: var mx } => new(title, $"testing, {Lines(mx)}", "warn", "only tests"),
            { Mode: var mode } => new(title, $"mode {Html.Safe(mode)}", "none", "switched off"),
        };
    }

    private static string Lines(IReadOnlyList<string>? mx) =>
        mx is { Count: 1 } ? "1 mx line" : string.Create(CultureInfo.InvariantCulture, $"{mx?.Count ?? 0} mx lines");

    private static string? Worst(CheckDocument document, params ReadOnlySpan<string> prefixes)
    {
        var levels = new HashSet<string>(StringComparer.Ordinal);
        foreach (var finding in document.Findings)
        {
            foreach (var prefix in prefixes)
            {
                if (finding.Id.StartsWith(prefix, StringComparison.Ordinal))
                    levels.Add(finding.Level);
            }
        }

        return Look.Levels.FirstOrDefault(l => levels.Contains(l.Level))?.Level;
    }
}
