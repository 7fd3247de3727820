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
    // Lines of the journal and of the log: a sentence, however much a peer says.
    private const int MaxDetail = 500;

    // The store commits what waits together, and no more waits than it takes.
    private const int MaxSavedAtOnce = 8;

    private static readonly StsLookup Lost = new StsLookup.Unusable(LookupStage.Policy, "expired");

    private readonly StsResolver _live = new(dns, policyHost);
    private readonly SingleFlight<DomainName, StsLookup> _flights = new();
    private PolicyTable? _table;

    /// <summary>Bounds, and who is told what happens.</summary>
    public PolicyResolverOptions Options { get; init; } = new();

    /// <summary>Domains with a policy, expired ones perhaps included, as they are while being listed.</summary>
    public IEnumerable<StsState> Policies => Table.Policies;

    /// <summary>How many policies are kept.</summary>
    public int Count => Table.Count;

    /// <summary>Bytes of memory that they take, about.</summary>
    public long Bytes => Table.Bytes;

    internal IPolicyStore Store => store;

    internal PolicyTable Table => LazyInitializer.EnsureInitialized(ref _table, () => new(Options.MaxPolicies, Options.Memory));

    /// <summary>Takes up what the store has kept, as far as nothing newer is known. Expired policies are left to the <see cref="Refresher"/>, which records their end.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await foreach (var (policy, usedAt) in store.LoadAsync(ct))
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
            var (added, evicted) = Table.TryAdd(state);
            if (added is { Cached: null } before)
                before.Use.Outdate(); // what was answered without the policy

            await DropAsync(evicted, ct);
        }
    }

    /// <summary>Brings memory and store together after the store was away: what it holds is taken up, what was learned meanwhile is written.</summary>
    /// <param name="isAnother">It may hold what memory does not know, or have nothing of what it had.</param>
    /// <param name="ct">Cancels.</param>
    public async Task ReconcileAsync(bool isAnother, CancellationToken ct)
    {
        if (isAnother)
            await LoadAsync(ct);

        await Parallel.ForEachAsync(
            Policies.Where(s => s.Cached is { IsWhole: true, IsStored: var isStored } && (isAnother || !isStored)),
            new ParallelOptions { MaxDegreeOfParallelism = MaxSavedAtOnce, CancellationToken = ct },
            async (state, stop) =>
            {
                var cached = state.Cached!;
                if (await store.SaveAsync(cached, stop))
                    Table.TryReplace(state, state with { Cached = cached with { IsStored = true } });
            }
        );
    }

    /// <summary>What is remembered of a domain, without asking anybody; null when nothing is.</summary>
    public StsState? Find(DomainName domain) => Table.Find(domain);

    /// <summary>The same with the text of a policy in force, which may have to be read from the store. One that the store has lost is forgotten, and said.</summary>
    public async Task<StsState?> FindWholeAsync(DomainName domain, CancellationToken ct)
    {
        while (Table.Find(domain) is { } state)
        {
            var now = clock.GetUtcNow();
            if (state.Live(now) is not { IsWhole: false } shelved)
                return state;

            // The store keeps milliseconds; a later policy there is one that is being taken up just now.
            var kept = (await store.FindAsync(domain, ct))?.Policy;
            if (kept is not null && kept.FetchedAt > shelved.FetchedAt - TimeSpan.FromMilliseconds(1))
            {
                var whole = state with { Cached = kept.FetchedAt > now ? kept with { FetchedAt = shelved.FetchedAt } : kept };
                if (Table.TryReplace(state, whole))
                    return whole;
            }
            else if (Table.TryReplace(state, state with { Cached = null }))
            {
                state.Use.Outdate();
                const string why = "Its text was left to the store, which has lost it; it is fetched anew when it is asked for.";
                await RecordAsync(new(domain, now, shelved.Mode, null, ChangeCause.Evicted, why), ct);
            }
        }

        return null;
    }

    /// <summary>The policy to apply now. Cancelling leaves the look-up running for the other waiters and for the cache.</summary>
    public async Task<StsLookup> ResolveAsync(DomainName domain, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var state = await FindWholeAsync(domain, ct);
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
            return new StsLookup.Found(live.Read(), Fresh: false);
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
        var from = state.Live(clock.GetUtcNow())?.Mode;
        await RecordAsync(new(domain, clock.GetUtcNow(), from, null, ChangeCause.Forgotten, "An operator had it forgotten."), ct);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _flights.Dispose();

    /// <summary>Writes a change into the journal and tells of it.</summary>
    internal async Task RecordAsync(PolicyChange change, CancellationToken ct)
    {
        var cut = change.Detail.Length <= MaxDetail ? change : change with { Detail = change.Detail[..MaxDetail] };
        Options.Notify(new PolicyNotice.Changed(cut));
        await store.RecordAsync(cut, ct);
    }

    private async Task<StsLookup> LookupAsync(DomainName domain, CancellationToken ct)
    {
        if ((await FindWholeAsync(domain, ct))?.Answer(clock.GetUtcNow()) is { } known)
            return known;

        var state = await AskAsync(domain, ct);
        var now = clock.GetUtcNow();
        state.Use.Mark(now); // only a question looks up; a refresh is no use
        if (state.Record!.Id is not { } id || state.Live(now)?.Id == id || MustWait(state, id))
            return await KnownAsync(state, now, ct);

        return await FetchAsync(state, id, ct);
    }

    private async Task<StsLookup> RenewAsync(DomainName domain, bool byOperator, CancellationToken ct)
    {
        var state = await AskAsync(domain, ct);
        var now = clock.GetUtcNow();
        return (state.Record!.Id ?? state.Live(now)?.Id) is { } id && (byOperator || !MustWait(state, id))
            ? await FetchAsync(state, id, ct)
            : await KnownAsync(state, now, ct);
    }

    // What is known without asking. Memory may have become short meanwhile.
    private async Task<StsLookup> KnownAsync(StsState state, DateTimeOffset now, CancellationToken ct) =>
        (state.Live(now) is { IsWhole: false } ? await FindWholeAsync(state.Domain, ct) : state)?.Known(now) ?? Lost;

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
            // Before the store takes the new text in place of the old one.
            var before = (await FindWholeAsync(state.Domain, ct))?.Live(now)?.Read();
            var cached = new CachedPolicy(state.Domain, policy, text.Span, id, now);
            cached = cached with { IsStored = await store.SaveAsync(cached, ct) };
            await SucceedAsync(Table.Get(state.Domain), cached, ct);
            if (before != policy)
                await ChangeAsync(Difference.Between(before, cached, policy), ct);

            return lookup;
        }

        var detail = (fetch.Outcome as FetchOutcome.Failed)?.Detail ?? $"The policy text is invalid ({error?.Code}).";
        var failed = Failing.After(Table.Get(state.Domain), id, (StsLookup.Unusable)lookup, detail, now);
        if (failed.Notice is { } notice)
            Options.Notify(notice);

        await KeepAsync(failed.State, ct);
        return failed.State.Live(now) is null ? lookup : await KnownAsync(failed.State, now, ct);
    }

    private Task SucceedAsync(StsState state, CachedPolicy cached, CancellationToken ct) =>
        KeepAsync(
            state with
            {
                Cached = cached,
                Fetch = FetchViews.Succeeded(cached),
                RefreshAt = RefreshSchedule.After(cached, Options.Random),
            },
            ct
        );

    private async Task ChangeAsync(PolicyChange change, CancellationToken ct)
    {
        Table.Find(change.Domain)?.Use.Outdate();
        await RecordAsync(change, ct);
    }

    private async Task KeepAsync(StsState state, CancellationToken ct) => await DropAsync(Table.Put(state), ct);

    // The least used policies that had to make room are gone for good.
    private async Task DropAsync(IReadOnlyList<StsState> evicted, CancellationToken ct)
    {
        foreach (var state in evicted)
        {
            await store.RemoveAsync(state.Cached!, ct);
            var (now, most) = (clock.GetUtcNow(), Options.MaxPolicies);
            var why =
                $"More than {most} policies were to be kept, or more than memory has room for, and this one was used least.";
            await RecordAsync(new(state.Domain, now, state.Live(now)?.Mode, null, ChangeCause.Evicted, why), ct);
        }
    }
}
