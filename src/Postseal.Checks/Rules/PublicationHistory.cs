using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Checks.History;

namespace Postseal.Checks.Rules;

/// <summary>What only a memory of earlier checks can tell.</summary>
internal static class PublicationHistory
{
    public static IEnumerable<Finding> Judge(DomainFacts facts, IReadOnlyList<Publication> earlier) =>
        Publication.Of(facts) is { } now && earlier.Count > 0 ? Changes(now, earlier) : [];

    private static IEnumerable<Finding> Changes(Publication now, IReadOnlyList<Publication> earlier)
    {
        _ = (now, earlier);
        return [];
    }
}
