namespace Postseal.Resolver.Sts;

/// <summary>What is remembered of a fetch, and the pause it leads to.</summary>
internal static class FetchViews
{
    // After a failed fetch of an id: 5 minutes, doubling (RFC 8461 §3.3; standard.md 8461-3.3-7).
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MaxBackOff = TimeSpan.FromHours(1);

    // A policy that lives shorter is not fetched more often than this (standard.md 8461-3.2-21).
    private static readonly TimeSpan MinFetchInterval = TimeSpan.FromMinutes(1);

    // For people, and remembered of many domains; it may quote the peer.
    private const int MaxDetail = 300;

    private static readonly StsLookup Expired = new StsLookup.Unusable(LookupStage.Policy, "expired");

    public static FetchView Succeeded(CachedPolicy cached) =>
        new(
            cached.FetchedAt,
            cached.Id,
            Expired,
            Succeeded: true,
            "",
            cached.FetchedAt + MinFetchInterval,
            BackOff: default,
            WarnedAt: null
        );

    public static FetchView Failed(FetchView? before, string id, StsLookup.Unusable outcome, string detail, DateTimeOffset now)
    {
        var repeated = before is { Succeeded: false } && before.Id == id;
        var backOff = repeated ? before!.BackOff * 2 : FirstBackOff;
        if (backOff > MaxBackOff)
            backOff = MaxBackOff;

        return new(now, id, outcome, Succeeded: false, Cut(detail), now + backOff, backOff, repeated ? before!.WarnedAt : null);
    }

    private static string Cut(string text) => text.Length <= MaxDetail ? text : text[..MaxDetail];
}
