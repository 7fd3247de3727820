using Postseal.Protocol.MtaSts;

namespace Postseal.Resolver.Sts;

/// <summary>Says in a sentence how a newly fetched policy differs from the one before.</summary>
internal static class Difference
{
    // Of a policy with hundreds of patterns a reader needs the first few.
    private const int PatternsShown = 5;

    public static PolicyChange Between(StsPolicy? before, CachedPolicy after, StsPolicy policy) =>
        new(
            after.Domain,
            after.FetchedAt,
            before?.Mode,
            policy.Mode,
            ChangeCause.Fetched,
            before is null ? $"New policy, id {after.Id}: {Summary(policy)}." : Sentence(before, after.Id, policy)
        );

    private static string Sentence(StsPolicy before, string id, StsPolicy after)
    {
        var parts = new List<string>();
        if (before.Mode != after.Mode)
            parts.Add($"mode {before.Mode.ToWire()} → {after.Mode.ToWire()}");

        if (!before.Mx.Equals(after.Mx))
            parts.Add($"mx {Patterns(before)} → {Patterns(after)}");

        if (before.MaxAge != after.MaxAge)
            parts.Add($"max_age {before.MaxAge} → {after.MaxAge}");

        return $"Policy changed, id {id}: {(parts.Count == 0 ? "other lines" : string.Join("; ", parts))}.";
    }

    private static string Summary(StsPolicy policy) =>
        $"mode {policy.Mode.ToWire()}, mx {Patterns(policy)}, max_age {policy.MaxAge}";

    private static string Patterns(StsPolicy policy)
    {
        var shown = string.Join(" ", policy.Mx.Take(PatternsShown));
        return policy.Mx.Length > PatternsShown ? $"[{shown} and {policy.Mx.Length - PatternsShown} more]" : $"[{shown}]";
    }
}
