using Postseal.Checks.Setup;
using Postseal.Protocol;

namespace Postseal.Cli.Policyd.Configuration;

/// <summary>What a file gives: settings as text, overrides, and what is wrong or odd, each with file and line.</summary>
internal sealed record ConfigurationFile(
    IReadOnlyDictionary<PolicydSetting, Given> Settings,
    IReadOnlyList<Override> Overrides,
    IReadOnlyList<string> Problems,
    IReadOnlyList<string> Warnings
)
{
    /// <summary>An override takes some 130 bytes, so this holds 30,000; read, it takes about a hundred times its size in memory.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private const string OverridesKey = "overrides";

    /// <summary>No file.</summary>
    public static readonly ConfigurationFile None = new(new Dictionary<PolicydSetting, Given>(), [], [], []);

    /// <summary>Reads a file; one that cannot be read is a problem too.</summary>
    public static ConfigurationFile Read(string path, DateTimeOffset now)
    {
        var (bytes, problem) = SmallFile.Read(path, MaxBytes);
        return bytes is null ? None with { Problems = [problem!] } : Parse(PrintableText.Of(path, 200), bytes, now);
    }

    /// <summary>Reads a text.</summary>
    public static ConfigurationFile Parse(string name, ReadOnlySpan<byte> text, DateTimeOffset now)
    {
        var (problems, warnings) = (new List<(int Line, string Text)>(), new List<(int Line, string Text)>());
        var entries = TomlEntries.Read(text, "an override is [overrides.\"example.com\"]", problems);
        var settings = new Dictionary<PolicydSetting, Given>();
        var unknown = new HashSet<string>(); // a table that is unknown is said once, not again for each of its keys
        foreach (var entry in entries.Where(e => e.Path[0] != OverridesKey))
            AddSetting(entry, name, settings, unknown, problems);

        var overrides = OverrideReader.Read(entries.Where(e => e.Path[0] == OverridesKey), now, problems, warnings);
        return new(settings, overrides, TomlEntries.Located(name, problems), TomlEntries.Located(name, warnings));
    }

    private static void AddSetting(
        TomlEntry entry,
        string file,
        Dictionary<PolicydSetting, Given> settings,
        HashSet<string> unknown,
        List<(int, string)> problems
    )
    {
        var key = entry.Path[0];
        var shown = PrintableText.Of(key, 60);
        if (PolicydSetting.All.FirstOrDefault(s => s.Name == key) is not { } setting)
        {
            var hint = NearestKey.Hint(key, [.. PolicydSetting.All.Select(s => s.Name), OverridesKey]);
            if (hint.Length == 0 && entry.Value is not null)
                hint = $"; there are {string.Join(", ", PolicydSetting.All.Select(s => s.Name))} and [overrides.\"DOMAIN\"]";

            if (unknown.Add(key))
                problems.Add((entry.Line, $"there is no setting '{shown}'{hint}"));
        }
        else if (entry.Path.Count > 1 || entry.Value is null)
        {
            problems.Add((entry.Line, $"{shown} is {Given.Wanted(setting.Kind, entry.Value)}, no table"));
        }
        else if (Given.TextsOf(entry.Value, setting.Kind) is { } texts)
        {
            settings.TryAdd(setting, new($"{file}:{entry.Line}: {setting.Name}", texts));
        }
        else
        {
            problems.Add((entry.Line, $"{shown} is {Given.Wanted(setting.Kind, entry.Value)}"));
        }
    }
}
