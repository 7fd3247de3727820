namespace Postseal.Resolver.Sts;

/// <summary>When a policy is fetched again although nobody says that it changed: about daily, at a moment nobody can predict, and well before it ends
/// (RFC 8461 §3.3, §10.2; standard.md 8461-10.2-4).</summary>
internal static class RefreshSchedule
{
    private static readonly TimeSpan Daily = TimeSpan.FromDays(1);

    // A daemon that was down for days must not ask everybody at once.
    private static readonly TimeSpan CatchUp = TimeSpan.FromHours(1);

    /// <summary>The moment after a fetch.</summary>
    public static DateTimeOffset After(CachedPolicy policy, Random random)
    {
        var daily = Daily * Between(random, 0.75, 1.25);
        var early = policy.Lifetime * Between(random, 0.4, 0.7);
        return policy.FetchedAt + (early < daily ? early : daily);
    }

    /// <summary>The moment for a policy just loaded: as <see cref="After"/>, and spread out where that has passed.</summary>
    public static DateTimeOffset AfterLoad(CachedPolicy policy, DateTimeOffset now, Random random)
    {
        var due = After(policy, random);
        if (due > now)
            return due;

        var left = (policy.ExpiresAt - now) * 0.5;
        return now + ((left < CatchUp ? left : CatchUp) * random.NextDouble());
    }

    private static double Between(Random random, double from, double to) => from + ((to - from) * random.NextDouble());
}
