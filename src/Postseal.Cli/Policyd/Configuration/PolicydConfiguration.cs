using System.CommandLine;
using System.Globalization;
using Postseal.Checks.Setup;
using Postseal.Cli.Output;

namespace Postseal.Cli.Policyd.Configuration;

/// <summary>Where the daemon's configuration comes from: command line before environment before file. Read at the start and again at every reload.</summary>
/// <param name="given">What command line and environment give; it cannot change while the daemon runs.</param>
/// <param name="file">The file, or null.</param>
internal sealed class PolicydConfiguration(IReadOnlyDictionary<PolicydSetting, Given> given, string? file)
{
    private const int MaxProblems = 50; // shown: who has more begins with these

    /// <summary>From a parsed command line.</summary>
    public static PolicydConfiguration From(PolicydCommandOptions options, ParseResult parsed, Terminal terminal) =>
        new(options.Given(parsed, terminal), options.ConfigFile(parsed));

    /// <summary>The configuration as it is now, or everything that is wrong with it.</summary>
    public ConfigurationReading Read(DateTimeOffset now)
    {
        var read = file is null ? ConfigurationFile.None : ConfigurationFile.Read(file, now);
        var problems = read.Problems.ToList();
        var all = read.Settings.ToDictionary();
        foreach (var (setting, value) in given)
            all[setting] = value;

        var options = new SettingReader(all, problems).Read(file, new(read.Overrides));
        return problems.Count == 0 ? new(options, [], read.Warnings) : new(null, Bounded(problems), read.Warnings);
    }

    /// <summary>Reads the file again. What can change while the daemon runs is taken over whole, or not at all.</summary>
    public Reload Reload(PolicydOptions running, DateTimeOffset now)
    {
        var read = Read(now);
        if (read.Options is not { } next)
            return new Reload.Refused(read.Problems);

        string[] restart = [.. Fixed(running).Zip(Fixed(next)).Where(p => p.First != p.Second).Select(p => p.First.Name)];
        var taken = running with { TempOn = next.TempOn, LogLevel = next.LogLevel, Overrides = next.Overrides };
        return new Reload.Taken(taken, restart, read.Warnings);
    }

    /// <summary>The settings that sockets, caches and connections were made with, as text to compare.</summary>
    private static IEnumerable<(string Name, string Value)> Fixed(PolicydOptions o) =>
        [
            (PolicydSetting.Listen.Name, string.Join(' ', o.Listen.Select(Full))),
            (PolicydSetting.Http.Name, $"{o.Http}"),
            (PolicydSetting.HttpTokenFile.Name, $"{o.HttpToken}"),
            (PolicydSetting.Control.Name, $"{o.Control}"),
            (PolicydSetting.Store.Name, o.Store),
            (PolicydSetting.MemoryBudget.Name, $"{o.Memory.Total}"),
            (PolicydSetting.StoreBudget.Name, Text(o.StoreMegabytes)),
            (PolicydSetting.Dns.Name, string.Join(' ', o.Lookup.Servers)),
            (PolicydSetting.TrustDnssec.Name, $"{o.Lookup.Trust}"),
            (PolicydSetting.CaFile.Name, $"{o.Lookup.CaFile}"),
            (PolicydSetting.AllowPrivate.Name, $"{o.Lookup.AllowPrivate}"),
            (PolicydSetting.HttpsPort.Name, Text(o.Lookup.HttpsPort)),
            (PolicydSetting.SmtpPort.Name, Text(o.Lookup.SmtpPort)),
            (PolicydSetting.Timeout.Name, $"{o.AnswerTimeout}"),
            (PolicydSetting.MaxPolicies.Name, Text(o.MaxPolicies)),
            (PolicydSetting.MaxConnections.Name, Text(o.MaxConnections)),
            (PolicydSetting.DnssecProbe.Name, o.DnssecProbe.Value),
        ];

    private static string Full(Server.ListenAddress address) =>
        address is Server.ListenAddress.Unix u ? $"{u} {u.Mode} {u.Owner}:{u.Group}" : $"{address}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static List<string> Bounded(List<string> problems) =>
        problems.Count <= MaxProblems
            ? problems
            : [.. problems.Take(MaxProblems), $"… and {problems.Count - MaxProblems} more problems"];
}

/// <summary>A reading of the configuration.</summary>
/// <param name="Options">Null when there are problems.</param>
/// <param name="Problems">Everything that has to be mended.</param>
/// <param name="Warnings">What is odd but stops nothing.</param>
internal sealed record ConfigurationReading(
    PolicydOptions? Options,
    IReadOnlyList<string> Problems,
    IReadOnlyList<string> Warnings
);

/// <summary>What became of a reload.</summary>
internal abstract record Reload
{
    private Reload() { }

    /// <summary>The new file counts.</summary>
    /// <param name="Next">The running options with what a reload can change.</param>
    /// <param name="NeedRestart">Names of settings that changed in the file, and count only after a restart.</param>
    public sealed record Taken(PolicydOptions Next, IReadOnlyList<string> NeedRestart, IReadOnlyList<string> Warnings) : Reload;

    /// <summary>The new file is faulty; the old configuration stays.</summary>
    public sealed record Refused(IReadOnlyList<string> Problems) : Reload;
}
