namespace Postseal.Resolver.Sts;

/// <summary>What a failed fetch does to the state of a domain, and whether the operator hears of it: the first failure in a row, then once a day
/// (RFC 8461 §3.3, §10.2: not where the cached mode is <c>none</c>).</summary>
internal static class Failing
{
    private static readonly TimeSpan WarnEvery = TimeSpan.FromDays(1);

    public static (StsState State, PolicyNotice? Notice) After(
        StsState state,
        string id,
        StsLookup.Unusable outcome,
        string detail,
        DateTimeOffset now
    )
    {
        var fetch = FetchViews.Failed(state.Fetch, id, outcome, detail, now);
        var next = state with { Fetch = fetch, RefreshAt = fetch.NotBefore };
        if (
            state.Live(now) is not { Mode: not Protocol.MtaSts.StsMode.None } live
            || (fetch.WarnedAt is { } warned && now - warned < WarnEvery)
        )
            return (next, null);

        return (
            next with
            {
                Fetch = fetch with { WarnedAt = now },
            },
            new PolicyNotice.NotRefreshed(live, outcome.Reason, detail, live.ExpiresAt - now < Refresher.AlertHorizon)
        );
    }
}
