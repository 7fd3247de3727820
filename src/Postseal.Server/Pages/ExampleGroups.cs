using Postseal.Checks.Findings;
using Postseal.Server.Configuration;

namespace Postseal.Server.Pages;

/// <summary>The lab's domains, grouped as the findings are.</summary>
internal static class ExampleGroups
{
    /// <summary>First those without a fault, then by what the fault is in, last those that mean harm.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<ExampleDomain> Examples)> Of(IReadOnlyList<ExampleDomain> examples)
    {
        var names = FindingGroups.All.Select(g => g.Name).ToArray();
        var ids = Catalogue.All.Select(k => k.Id).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. examples
                .Select((example, i) => (Example: example, Group: GroupOf(example, i, examples, ids)))
                .GroupBy(e => e.Group)
                .OrderBy(g =>
                    Array.IndexOf(names, g.Key) is var i and >= 0 ? i
                    : g.Key == Sound ? -1
                    : names.Length
                )
                .Select(g => (g.Key, (IReadOnlyList<ExampleDomain>)[.. g.Select(e => e.Example)])),
        ];
    }

    private const string Sound = "Sound, or with nothing published";
    private const string Odd = "Unusual, or meant to do harm";

    // The lab lists the sound ones before the first that is named after a finding.
    private static string GroupOf(ExampleDomain example, int index, IReadOnlyList<ExampleDomain> all, HashSet<string> ids)
    {
        var id = Label(example);
        if (ids.Contains(id))
            return FindingGroups.NameOf(id) ?? Odd;

        return all.Take(index).Any(e => ids.Contains(Label(e))) ? FindingGroups.NameOf(id) ?? Odd : Sound;
    }

    private static string Label(ExampleDomain example) => example.Name.Split('.')[0];
}
