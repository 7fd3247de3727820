using System.Globalization;
using System.Net;
using Postseal.Protocol;
using Postseal.Resolver.Dns;

namespace Postseal.Checks.Setup;

/// <summary>Turns the texts that were given for settings into typed values, and collects everything that is wrong with them.</summary>
/// <param name="given">What was given; a setting that is missing has its default.</param>
/// <param name="problems">Where problems go, each with its origin.</param>
public sealed class GivenValues<TSetting>(IReadOnlyDictionary<TSetting, Given> given, List<string> problems)
    where TSetting : notnull
{
    private const int MaxShown = 120; // characters of a wrong value
    private const int MaxProblem = 1000; // characters: the longest sentence of ours around a value and what the system says of a path

    /// <summary>The first text, or null.</summary>
    public string? Text(TSetting setting) => given.TryGetValue(setting, out var one) && one.Texts.Count > 0 ? one.Texts[0] : null;

    /// <summary>All texts, or null when the setting is missing.</summary>
    public IReadOnlyList<string>? Texts(TSetting setting) => given.TryGetValue(setting, out var all) ? all.Texts : null;

    /// <summary>A flag; missing is false.</summary>
    public bool Flag(TSetting setting) => Text(setting) == "true";

    /// <summary>A whole number within bounds.</summary>
    public int Number(TSetting setting, int standard, int min, int max)
    {
        if (Text(setting) is not { } text)
            return standard;

        return
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : Refuse(setting, $"a whole number from {min} to {max}", text, standard);
    }

    /// <summary>Seconds, more than 0.</summary>
    public TimeSpan? Seconds(TSetting setting, double max)
    {
        if (Text(setting) is not { } text)
            return null;

        return
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds > 0
            && seconds <= max
            ? TimeSpan.FromSeconds(seconds)
            : Refuse(setting, $"seconds, more than 0 and at most {max}", text, TimeSpan.Zero);
    }

    /// <summary>One of a few words.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="standard">Its default.</param>
    /// <param name="read">What a word means; null for a wrong one.</param>
    /// <param name="allowed">The words, for the problem.</param>
    public T One<T>(TSetting setting, T standard, Func<string, T?> read, string allowed)
        where T : struct => Text(setting) is not { } text ? standard : read(text) ?? Refuse(setting, allowed, text, standard);

    /// <summary>Resolvers.</summary>
    public IReadOnlyList<IPEndPoint> Servers(TSetting setting)
    {
        var servers = new List<IPEndPoint>();
        foreach (var text in Texts(setting) ?? [])
        {
            if (LookupSettings.TryServer(text, out var server))
                servers.Add(server);
            else
                Refuse(setting, "an address with an optional port, such as 127.0.0.1:53 or [::1]:53", text, 0);
        }

        return servers;
    }

    /// <summary>When to believe the AD bit.</summary>
    public DnssecTrust Trust(TSetting setting) =>
        One<DnssecTrust>(
            setting,
            DnssecTrust.Auto,
            text =>
                text switch
                {
                    "auto" => DnssecTrust.Auto,
                    "yes" => DnssecTrust.Yes,
                    "no" => DnssecTrust.No,
                    _ => null,
                },
            "auto, yes or no"
        );

    /// <summary>The path of a file that exists, or null.</summary>
    public string? ExistingFile(TSetting setting)
    {
        if (Text(setting) is not { Length: > 0 } file)
            return null;

        if (!File.Exists(file))
            Add(setting, $": there is no file '{PrintableText.Of(file, MaxShown)}'");

        return file;
    }

    /// <summary>Notes that a text is wrong, and gives something in its place.</summary>
    public T Refuse<T>(TSetting setting, string allowed, string text, T instead)
    {
        Add(setting, $" takes {allowed}, not '{PrintableText.Of(text, MaxShown)}'");
        return instead;
    }

    /// <summary>Notes a problem with a setting that was given.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="problem">What follows the setting's name: begins with a space or a colon. Whatever it quotes is made printable.</param>
    public void Add(TSetting setting, string problem) =>
        problems.Add(given[setting].Origin + PrintableText.Of(problem, MaxProblem));
}
