using Postseal.Protocol;
using Postseal.Resolver.Concurrency;
using Postseal.Resolver.Dns;
using Postseal.Resolver.PolicyHost;

namespace Postseal.Resolver.Sts;

/// <summary>
/// A sender's view of policies: the cache rules of RFC 8461 §3.3 and §5.1 around a live look-up. Whatever fails, an unexpired policy stays;
/// whatever is asked, one look-up per domain runs at a time. Dispose to abandon look-ups that still run.
/// </summary>
public sealed class PolicyResolver(IDns dns, IPolicyHost policyHost, IPolicyStore store, TimeProvider clock) : IDisposable
{
    private readonly StsResolver _live = new(dns, policyHost);
    private readonly SingleFlight<DomainName, StsLookup> _flights = new();
    private PolicyTable? _table;

    /// <summary>Bounds, and who is told what happens.</summary>
    public PolicyResolverOptions Options { get; init; } = new();

    /// <summary>Domains with a policy, expired ones perhaps included, as they are while being listed.</summary>
    public IEnumerable<StsState> Policies => Table.Policies;

    /// <summary>How many policies are kept.</summary>
    public int Count => Table.Count;

    internal IPolicyStore Store => store;

    internal PolicyTable Table => LazyInitializer.EnsureInitialized(ref _table, () => new(Options.MaxPolicies));

    /// <summary>Takes up what the store has kept. Expired policies are left to the <see cref="Refresher"/>, which records their end.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        foreach (var (policy, usedAt) in await store.LoadAsync(ct))
        {
            // A clock that was wrong at the fetch must not make a policy live longer than it says.
            var cached = policy.FetchedAt > now ? policy with { FetchedAt = now } : policy;
            var state = new StsState(cached.Domain)
            {
                Cached = cached,
                RefreshAt = RefreshSchedule.AfterLoad(cached, now, Options.Random),
            };
            state.Use.Mark(usedAt);
            state.Use.Saved = usedAt;
            await KeepAsync(state, ct);
        }
    }

    /// <summary>What is remembered of a domain, without asking anybody; null when nothing is.</summary>
    public StsState? Find(DomainName domain) => Table.Find(domain);

    /// <summary>The policy to apply now. Cancelling leaves the look-up running for the other waiters and for the cache.</summary>
    public async Task<StsLookup> ResolveAsync(DomainName domain, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var state = Table.Find(domain);
        state?.Use.Mark(now);
        if (state?.Answer(now) is { } known)
            return known;

        var flight = _flights.FlyAsync(domain, LookupAsync, ct);
        if (state?.Live(now) is not { } live)
            return await flight;

        try
        {
            return await flight.WaitAsync(Options.Patience, clock, ct);
        }
        catch (TimeoutException)
        {
            return new StsLookup.Found(live.Policy, Fresh: false);
        }
    }

    /// <summary>Fetches the policy anew whatever the record says, and renews its age if that succeeds (RFC 8461 §10.2).</summary>
    /// <param name="domain">The policy domain.</param>
    /// <param name="byOperator">True to fetch even during the pause after a failure (standard.md 8461-3.3-7).</param>
    /// <param name="ct">Cancels the waiting, not the work.</param>
    public async Task<StsLookup> RefreshAsync(DomainName domain, bool byOperator, CancellationToken ct)
    {
        var asked = clock.GetUtcNow();
        var result = await _flights.FlyAsync(domain, (d, stop) => RenewAsync(d, byOperator, stop), ct);
        // A look-up that was under way has taken the place of ours: now it is our turn.
        var fetched = Table.Find(domain)?.Fetch?.At ?? DateTimeOffset.MinValue;
        return byOperator && fetched < asked
            ? await _flights.FlyAsync(domain, (d, stop) => RenewAsync(d, byOperator, stop), ct)
            : result;
    }

    /// <summary>Forgets all about a domain, its policy included; false when nothing was known.</summary>
    public async Task<bool> ForgetAsync(DomainName domain, CancellationToken ct)
    {
        var state = Table.Remove(domain);
        state?.Use.Outdate();
        if (state?.Cached is not { } cached)
            return state is not null;

        await store.RemoveAsync(cached, ct);
        var from = state.Live(clock.GetUtcNow())?.Policy.Mode;
        await RecordAsync(new(domain, clock.GetUtcNow(), from, null, ChangeCause.Forgotten, "An operator had it forgotten."), ct);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _flights.Dispose();

    /// <summary>Writes a change into the journal and tells of it.</summary>
    internal async Task RecordAsync(PolicyChange change, CancellationToken ct)
    {
        Options.Notify(new PolicyNotice.Changed(change));
        await store.RecordAsync(change, ct);
    }

    private async Task<StsLookup> LookupAsync(DomainName domain, CancellationToken ct)
    {
        if (Table.Find(domain)?.Answer(clock.GetUtcNow()) is { } known)
            return known;

        var state = await AskAsync(domain, ct);
        var now = clock.GetUtcNow();
        if (state.Record!.Id is not { } id || state.Live(now)?.Id == id || MustWait(state, id))
            return state.Known(now)!;

        return await FetchAsync(state, id, ct);
    }

    private async Task<StsLookup> RenewAsync(DomainName domain, bool byOperator, CancellationToken ct)
    {
        var state = await AskAsync(domain, ct);
        var now = clock.GetUtcNow();
        return (state.Record!.Id ?? state.Live(now)?.Id) is { } id && (byOperator || !MustWait(state, id))
            ? await FetchAsync(state, id, ct)
            : state.Known(now)!;
    }

    // The TXT question; its answer is remembered.
    private async Task<StsState> AskAsync(DomainName domain, CancellationToken ct)
    {
        var txt = await _live.TxtAsync(domain, ct);
        var state = Table.Get(domain);
        state = state with { Record = RecordViews.Of(txt, state.Cached is not null, clock.GetUtcNow()) };
        await KeepAsync(state, ct);
        return state;
    }

    private bool MustWait(StsState state, string id) =>
        state.Fetch is { } fetch && fetch.Id == id && clock.GetUtcNow() < fetch.NotBefore;

    private async Task<StsLookup> FetchAsync(StsState state, string id, CancellationToken ct)
    {
        var fetch = await policyHost.FetchAsync(state.Domain, ct);
        var (lookup, error) = StsResolver.Read(fetch);
        var now = clock.GetUtcNow();
        if (lookup is StsLookup.Found { Policy: var policy } && fetch.Outcome is FetchOutcome.Body { Bytes: var text })
        {
            var cached = new CachedPolicy(state.Domain, policy, id, now) { Text = text.ToArray() };
            await store.SaveAsync(cached, ct);
            await SucceedAsync(Table.Get(state.Domain), cached, ct);
            return lookup;
        }

        var detail = (fetch.Outcome as FetchOutcome.Failed)?.Detail ?? $"The policy text is invalid ({error?.Code}).";
        var failed = Failing.After(Table.Get(state.Domain), id, (StsLookup.Unusable)lookup, detail, now);
        if (failed.Notice is { } notice)
            Options.Notify(notice);

        await KeepAsync(failed.State, ct);
        return failed.State.Live(now) is { } live ? new StsLookup.Found(live.Policy, Fresh: false) : lookup;
    }

    private async Task SucceedAsync(StsState state, CachedPolicy cached, CancellationToken ct)
    {
        var before = state.Live(cached.FetchedAt)?.Policy;
        var next = state with
        {
            Cached = cached,
            Fetch = FetchViews.Succeeded(cached),
            RefreshAt = RefreshSchedule.After(cached, Options.Random),
        };
        await KeepAsync(next, ct);
        if (before == cached.Policy)
            return;

        next.Use.Outdate();
        await RecordAsync(Difference.Between(before, cached), ct);
    }

    // The least used policies that had to make room are gone for good.
    private async Task KeepAsync(StsState state, CancellationToken ct)
    {
        foreach (var evicted in Table.Put(state))
        {
            await store.RemoveAsync(evicted.Cached!, ct);
            var (now, most) = (clock.GetUtcNow(), Options.MaxPolicies);
            var why = $"More than {most} policies were to be kept, and this one was used least.";
            await RecordAsync(new(evicted.Domain, now, evicted.Live(now)?.Policy.Mode, null, ChangeCause.Evicted, why), ct);
        }
    }
}
