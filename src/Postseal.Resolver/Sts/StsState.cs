using Postseal.Protocol;

namespace Postseal.Resolver.Sts;

/// <summary>All that is remembered of one domain's MTA-STS between look-ups. Immutable but for <see cref="Use"/>; swapped whole.</summary>
/// <param name="Domain">The policy domain.</param>
public sealed record StsState(DomainName Domain)
{
    /// <summary>The policy last fetched, perhaps expired; null when there is none.</summary>
    public CachedPolicy? Cached { get; init; }

    /// <summary>The last TXT answer; null before the first question.</summary>
    public RecordView? Record { get; init; }

    /// <summary>The last HTTPS fetch; null before the first.</summary>
    public FetchView? Fetch { get; init; }

    /// <summary>When the policy is due to be fetched again although nothing has changed.</summary>
    public DateTimeOffset RefreshAt { get; init; }

    /// <summary>When somebody last asked for the domain.</summary>
    public LastUse Use { get; init; } = new();

    /// <summary>The same without what can be had again: the policy's text is left to the store, DNS is asked anew by the next question.</summary>
    internal StsState Shelved() =>
        this with
        {
            Cached = Cached?.WithoutText(),
            Record = null,
            Fetch = Fetch is { Succeeded: false } fetch ? fetch with { Detail = "" } : null,
        };

    /// <summary>The policy in force: fetched, and not expired.</summary>
    public CachedPolicy? Live(DateTimeOffset now) => Cached is { } cached && cached.IsLive(now) ? cached : null;

    /// <summary>The answer that needs no new look-up now; null when one is due.</summary>
    public StsLookup? Answer(DateTimeOffset now) => now < AskAgainAt(now) ? Known(now) : null;

    /// <summary>When a question will need a look-up again; in the past when it needs one now.</summary>
    public DateTimeOffset AskAgainAt(DateTimeOffset now)
    {
        if (Record is not { } record)
            return DateTimeOffset.MinValue;

        var live = Live(now);
        var until = live is not null && live.ExpiresAt < record.GoodUntil ? live.ExpiresAt : record.GoodUntil;
        if (record.Id is null || record.Id == live?.Id)
            return until;

        // An id whose policy is not here yet: it is worth a look-up as soon as it may be fetched again.
        return Fetch is { } fetch && fetch.Id == record.Id && fetch.NotBefore < until ? fetch.NotBefore : until;
    }

    /// <summary>What is known without asking: the live policy, else why there is none; null when nothing is known.</summary>
    /// <exception cref="InvalidOperationException">The live policy's text is in the store alone.</exception>
    public StsLookup? Known(DateTimeOffset now) =>
        Live(now) is { } live ? new StsLookup.Found(live.Read(), Fresh: false)
        : Record is not { } record ? null
        : record.NoPolicy ?? Fetch?.Outcome;
}

/// <summary>The last answer to the TXT question at <c>_mta-sts.DOMAIN</c>.</summary>
/// <param name="AskedAt">When.</param>
/// <param name="GoodUntil">Until then it is not asked again: the TTL, held to bounds (standard.md 8461-3.3-20).</param>
/// <param name="Id">The <c>id</c> of the one valid record; null without one.</param>
/// <param name="NoPolicy">What a sender is left with where the record alone says there is no policy; null with a valid record.</param>
/// <param name="Text">The record or records as seen, or why there are none; for people, may hold anything.</param>
public sealed record RecordView(DateTimeOffset AskedAt, DateTimeOffset GoodUntil, string? Id, StsLookup? NoPolicy, string Text);

/// <summary>The last HTTPS fetch.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Id">For which <c>id</c>.</param>
/// <param name="Outcome">What a sender without a cache was left with. Of a success only the fact is kept: "expired", for a policy that ends before the next fetch may begin.</param>
/// <param name="Succeeded">A valid policy was had.</param>
/// <param name="Detail">One sentence for people; may quote the peer.</param>
/// <param name="NotBefore">The next fetch for the same id (RFC 8461 §3.3: five minutes or more after a failure).</param>
/// <param name="BackOff">The pause that leads to <paramref name="NotBefore"/>; zero after a success.</param>
/// <param name="WarnedAt">When the operator was last told of failures in a row; null when not yet.</param>
public sealed record FetchView(
    DateTimeOffset At,
    string Id,
    StsLookup Outcome,
    bool Succeeded,
    string Detail,
    DateTimeOffset NotBefore,
    TimeSpan BackOff,
    DateTimeOffset? WarnedAt
);
