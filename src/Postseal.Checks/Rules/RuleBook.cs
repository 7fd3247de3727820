using Postseal.Checks.Facts;
using Postseal.Checks.Findings;

namespace Postseal.Checks.Rules;

/// <summary>All rules: pure functions over the facts. Adding a check is one method and one line here.</summary>
public static class RuleBook
{
    private static readonly Func<DomainFacts, IEnumerable<Finding>>[] All = [];

    /// <summary>Applies every rule; findings come in the order of the catalogue, then by subject.</summary>
    public static IReadOnlyList<Finding> Judge(DomainFacts facts)
    {
        var order = Catalogue.All.Index().ToDictionary(k => k.Item.Id, k => k.Index, StringComparer.Ordinal);
        return
        [
            .. All.SelectMany(rule => rule(facts))
                .OrderBy(f => order[f.Id])
                .ThenBy(f => f.Subject, StringComparer.Ordinal),
        ];
    }
}
