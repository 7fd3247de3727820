using Postseal.Lab.Watching;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>Which test has which of the domains that change in the course of a test.</summary>
/// <param name="bench">The domains.</param>
/// <param name="live">The tests that are open, as they are now.</param>
internal sealed class Places(SenderBench bench, Func<IEnumerable<LiveTest>> live)
{
    /// <summary>The test that has a place. It may have been lent again: the latest test has it.</summary>
    public LiveTest? Holder(int place) => live().Where(t => t.Row.Place == place).MaxBy(t => t.Row.OpenedAt);

    /// <summary>The test at whose own domains something was seen.</summary>
    public LiveTest? HolderOf(Observation observation) => bench.PlaceOf(observation) is { } place ? Holder(place) : null;

    /// <summary>A place for another test, or why there is none. That of a test whose verdicts are final is lent again; its domains are of no use to it any more. So is, if no
    /// other is free, that of a test which has been idle for long; and of a network that has several, for one that has none: the place of the test that was seen least lately.</summary>
    public (int? Place, string WhyNone) Free(string opener, DateTimeOffset now)
    {
        LiveTest[] holders = [.. live().Where(t => t.Row.Place is not null && t.PlaceLostAt is null && !t.IsFinal(now))];
        LiveTest[] busy = [.. holders.Where(t => !t.IsIdle(now))];
        if (busy.Count(t => Openers.IsSameClient(t.Row.Opener, opener)) >= TestLimits.PlacesPerClient)
            return (null, NoPlace.OwnShare);
        if (busy.Count(t => Openers.IsSameNetwork(t.Row.Opener, opener)) >= TestLimits.PlacesPerNetwork)
            return (null, NoPlace.NetworkShare);

        var taken = holders.Select(t => t.Row.Place).ToHashSet();
        for (var place = 0; place < bench.Places; place++)
        {
            if (!taken.Contains(place))
                return (place, "");
        }

        var inUse = holders.Where(t => t.Row.Place < bench.Places).ToList();
        var yielding = Idlest(inUse.Where(t => t.IsIdle(now))) ?? Idlest(LargestShare(inUse, opener));
        return (yielding?.Row.Place, yielding is null ? NoPlace.NoneFree : "");
    }

    private static LiveTest? Idlest(IEnumerable<LiveTest> tests) => tests.MinBy(t => (t.LastSeen, t.Row.Place));

    // Something seen each hour keeps a place; keeping several that way keeps others from the test.
    private static List<LiveTest> LargestShare(IReadOnlyList<LiveTest> holders, string opener)
    {
        if (holders.Any(t => Openers.IsSameNetwork(t.Row.Opener, opener)))
            return [];

        var shares = holders.Select(t => holders.Where(o => Openers.IsSameNetwork(o.Row.Opener, t.Row.Opener)).ToList());
        return shares.Where(s => s.Count > 1).MaxBy(s => s.Count) ?? [];
    }

    /// <summary>A place is given to another test: the one that has it loses it, unless it is over.</summary>
    public void TakeAway(int place, DateTimeOffset now)
    {
        if (Holder(place) is { PlaceLostAt: null } idle && !idle.IsFinal(now))
            idle.LosePlace(now, IsOf(place));
    }

    /// <summary>What was lent again before the server ended: the test that was opened later has it.</summary>
    public void TellLost()
    {
        foreach (var lent in live().Where(t => t.Row.Place is not null).GroupBy(t => t.Row.Place!.Value))
        {
            LiveTest[] inOrder = [.. lent.OrderBy(t => t.Row.OpenedAt)];
            foreach (var (one, next) in inOrder.Zip(inOrder.Skip(1)))
            {
                if (!one.IsFinal(next.Row.OpenedAt))
                    one.LosePlace(next.Row.OpenedAt, IsOf(lent.Key));
            }
        }
    }

    private Func<Observation, bool> IsOf(int place) => o => bench.PlaceOf(o) == place;
}
