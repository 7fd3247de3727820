using Postseal.Checks.Setup;

namespace Postseal.Server.Configuration;

/// <summary>A reading of the configuration.</summary>
/// <param name="Configuration">Null when there are problems.</param>
/// <param name="Problems">Everything that has to be mended.</param>
/// <param name="Warnings">What is odd but stops nothing.</param>
internal sealed record ServerReading(
    ServerConfiguration? Configuration,
    IReadOnlyList<string> Problems,
    IReadOnlyList<string> Warnings
)
{
    /// <summary>Where the file is unless another is named.</summary>
    public const string StandardFile = "/etc/postseal/server.toml";

    private const int MaxProblems = 50; // shown: who has more begins with these

    /// <summary>Reads the file.</summary>
    /// <param name="file">Its path; null for the standard one.</param>
    /// <param name="data">The data folder, or null for the standard one.</param>
    /// <param name="environment">Reads a variable; null when it is not set.</param>
    public static ServerReading Read(string? file, string? data, Func<string, string?> environment)
    {
        if (file is null && !File.Exists(StandardFile))
            return new(
                null,
                [
                    $"there is no {StandardFile}: write one (the line [web] is enough to serve 127.0.0.1:8080), or name another with --config",
                ],
                []
            );

        return Of(ServerFile.Read(file ?? StandardFile), data, environment);
    }

    /// <summary>Judges what a file gives.</summary>
    public static ServerReading Of(ServerFile file, string? data, Func<string, string?> environment)
    {
        var (problems, warnings) = (file.Problems.ToList(), new List<string>());
        var all = file.Settings.ToDictionary();
        foreach (var setting in ServerSetting.All.Where(s => s.Variable is not null))
        {
            if (Given.FromEnvironment(setting.Kind, setting.Variable!, environment(setting.Variable!)) is { } given)
                all.TryAdd(setting, given);
        }

        var configuration = new ServerSettings(all, problems, warnings).Read(data);
        return problems.Count == 0 ? new(configuration, [], warnings) : new(null, Bounded(problems), warnings);
    }

    private static List<string> Bounded(List<string> problems) =>
        problems.Count <= MaxProblems
            ? problems
            : [.. problems.Take(MaxProblems), $"… and {problems.Count - MaxProblems} more problems"];
}
