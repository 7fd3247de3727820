using System.Globalization;
using Postseal.Lab.Domains;
using Postseal.Server.SenderTest.Cases;
using Postseal.Server.SenderTest.Tests;

namespace Postseal.Server.SenderTest.Running;

/// <summary>What one run plays, and the addresses it uses.</summary>
internal sealed class RunPlan
{
    /// <summary>The zone of all recipient domains.</summary>
    public const string Zone = "sender.lab.test";

    // Reports are sent on the day after (RFC 8460 §4.1), spread over some hours.
    private static readonly TimeSpan UntilReports = TimeSpan.FromHours(36);

    private static readonly string[] Always = [CaseCatalogue.ControlId, "C0"];

    private readonly Dictionary<string, string[]> _recipients;

    private RunPlan(
        IReadOnlyList<SenderCase> cases,
        Dictionary<string, string[]> recipients,
        IReadOnlyDictionary<string, string> notOffered,
        TimeSpan wait
    ) => (Cases, _recipients, NotOffered, Wait) = (cases, recipients, notOffered, wait);

    /// <summary>In order.</summary>
    public IReadOnlyList<SenderCase> Cases { get; }

    /// <summary>The domains as they are at first.</summary>
    public IReadOnlyList<LabDomain> FirstDomains => [.. Cases.Select(c => c.Stages[0].Domain)];

    /// <summary>Why some of them are not played, by id.</summary>
    public IReadOnlyDictionary<string, string> NotOffered { get; }

    /// <summary>How long each stage may take.</summary>
    public TimeSpan Wait { get; }

    /// <summary>Makes a plan, or says what is wrong with what was asked for.</summary>
    /// <param name="now">When the run begins: policies have ids of it, as a sender that knows them from an earlier run fetches none.</param>
    public static (RunPlan? Plan, string? Problem) Make(RunOptions options, bool hasIPv6, DateTimeOffset now)
    {
        var live = new HashSet<string>(StringComparer.Ordinal);
        var all = CaseCatalogue.All(Zone, live.Contains, PolicyIds.Of(now));
        var ids = all.Select(c => c.Id).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (options.Cases.FirstOrDefault(id => !ids.Contains(id)) is { } unknown)
            return (null, $"--cases: there is no case '{unknown}'; there are {string.Join(", ", all.Select(c => c.Id))}");

        var wanted = options.Cases.Count == 0 ? ids : options.Cases.Concat(Always).ToHashSet(StringComparer.OrdinalIgnoreCase);
        SenderCase[] cases = [.. all.Where(c => wanted.Contains(c.Id))];
        var recipients = cases.ToDictionary(c => c.Id, c => c.Stages.Select(_ => $"{TestKey.New()}@{c.Domain}").ToArray());
        live.UnionWith(recipients.Values.SelectMany(r => r));
        return (new(cases, recipients, NotOfferedOf(cases, options.Wait, hasIPv6), options.Wait), null);
    }

    /// <summary>One address for each stage of the case.</summary>
    public IReadOnlyList<string> RecipientsOf(SenderCase played) => _recipients[played.Id];

    private static Dictionary<string, string> NotOfferedOf(IReadOnlyList<SenderCase> cases, TimeSpan wait, bool hasIPv6)
    {
        var reasons = CaseNeeds.Missing(hasIPv6);
        if (cases.FirstOrDefault(c => c.Expected == Expectation.Report) is { } reports && wait < UntilReports)
            reasons[reports.Id] = string.Create(
                CultureInfo.InvariantCulture,
                $"Reports come on the next day; with --wait {UntilReports.TotalSeconds} the run is long enough."
            );

        return reasons;
    }
}
