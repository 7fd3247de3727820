using Postseal.Checks.Setup;
using Postseal.Protocol;

namespace Postseal.Server.Configuration;

/// <summary>What a file gives: settings as text, and what is wrong with it, each with file and line.</summary>
internal sealed record ServerFile(IReadOnlyDictionary<ServerSetting, Given> Settings, IReadOnlyList<string> Problems)
{
    /// <summary>A hundred times the size of the commented example.</summary>
    public const int MaxBytes = 512 * 1024;

    private const string Tables = "there are [web], [private], [store], [lookup], [sender-test], [log] and [telemetry]";

    /// <summary>Reads a file; one that cannot be read is a problem too.</summary>
    public static ServerFile Read(string path)
    {
        var (bytes, problem) = SmallFile.Read(path, MaxBytes);
        return bytes is null
            ? new(new Dictionary<ServerSetting, Given>(), [problem!])
            : Parse(PrintableText.Of(path, 200), bytes);
    }

    /// <summary>Reads a text.</summary>
    public static ServerFile Parse(string name, ReadOnlySpan<byte> text)
    {
        var problems = new List<(int Line, string Text)>();
        var entries = TomlEntries.Read(text, Tables, problems);
        var settings = new Dictionary<ServerSetting, Given>();
        var unknown = new HashSet<string>(); // a table that is unknown is said once, not again for each of its keys
        Hide(text, problems);
        foreach (var entry in entries)
        {
            if (Problem(entry, name, settings, unknown) is { } problem)
                problems.Add((entry.Line, problem));
        }

        if (problems.Count == 0 && !entries.Any(e => e.Path[0] == "web"))
            problems.Add((1, "nothing is switched on: the site is, as soon as there is a line [web]"));

        if (
            problems.Count == 0
            && entries.FirstOrDefault(e => e.Path[0] == "sender-test") is { } test
            && !settings.Keys.Any(s => s.Section == "sender-test")
        )
            problems.Add((test.Line, "[sender-test] is empty: it needs zone and addresses"));

        return new(settings, TomlEntries.Located(name, problems));
    }

    /// <summary>What the parser says may quote the text, and one line of it may hold a password.</summary>
    private static void Hide(ReadOnlySpan<byte> text, List<(int Line, string Text)> problems)
    {
        const string secret = "postgres";
        if (problems.Count == 0)
            return;

        var lines = System.Text.Encoding.UTF8.GetString(text).Split('\n');
        for (var i = 0; i < problems.Count; i++)
        {
            var (line, problem) = problems[i];
            var stands = line <= lines.Length ? lines[line - 1] : "";
            if ((problem + stands).Contains(secret, StringComparison.OrdinalIgnoreCase))
                problems[i] = (
                    line,
                    "this line cannot be read, or its key is there twice; it is not shown, as it may hold a password"
                );
        }
    }

    private static string? Problem(
        TomlEntry entry,
        string file,
        Dictionary<ServerSetting, Given> settings,
        HashSet<string> unknown
    )
    {
        var section = entry.Path[0];
        if (!ServerSetting.Sections.Contains(section))
            return unknown.Add(section) ? NoSection(entry, PrintableText.Of(section, 60)) : null;

        if (entry.Path.Count == 1)
            return entry.Value is null ? null : $"{section} is a table: [{section}]";

        var key = entry.Path[1];
        if (ServerSetting.All.FirstOrDefault(s => s.Section == section && s.Name == key) is not { } setting)
            return unknown.Add($"{section}.{key}") ? NoKey(section, key) : null;

        if (entry.Path.Count > 2 || entry.Value is null)
            return $"{setting} is {Given.Wanted(setting.Kind, entry.Value)}, no table";

        if (Given.TextsOf(entry.Value, setting.Kind) is not { } texts)
            return $"{setting} is {Given.Wanted(setting.Kind, entry.Value)}";

        settings.TryAdd(setting, new($"{file}:{entry.Line}: {setting}", texts));
        return null;
    }

    private static string NoSection(TomlEntry entry, string shown)
    {
        if (ServerSetting.LaterSections.Contains(shown))
            return $"[{shown}] is not part of this version";

        if (entry.Value is not null && ServerSetting.All.FirstOrDefault(s => s.Name == shown) is { } setting)
            return $"'{shown}' stands outside of any table; write it below [{setting.Section}]";

        if (entry.Value is not null)
            return $"'{shown}' stands outside of any table{NearestKey.Hint(shown, ServerSetting.All.Select(s => s.Name))}; {Tables}";

        var hint = NearestKey.Hint(shown, ServerSetting.Sections);
        return $"there is no table [{shown}]{(hint.Length > 0 ? hint : $"; {Tables}")}";
    }

    private static string NoKey(string section, string key)
    {
        string[] known = [.. ServerSetting.All.Where(s => s.Section == section).Select(s => s.Name)];
        var hint = NearestKey.Hint(key, known);
        if (hint.Length == 0)
            hint = ServerSetting.All.FirstOrDefault(s => s.Name == key) is { } elsewhere
                ? $"; it belongs to [{elsewhere.Section}]"
                : $"; there are {string.Join(", ", known)}";

        return $"[{section}] has no setting '{PrintableText.Of(key, 60)}'{hint}";
    }
}
