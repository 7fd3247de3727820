using System.Collections.Concurrent;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Dns;
using Postseal.Resolver.PolicyHost;

namespace Postseal.Resolver.Sts;

/// <summary>
/// A sender's view of policies: the cache rules of RFC 8461 §3.3 and §5.1 around a live lookup. Whatever fails, an unexpired policy stays;
/// whatever is asked, one look-up per domain runs at a time. Dispose to abandon look-ups that still run.
/// </summary>
public sealed class PolicyResolver(IDns dns, IPolicyHost policyHost, IPolicyStore store, TimeProvider clock) : IDisposable
{
    // The TXT answer's TTL is held between these (standard.md 8461-3.3-20).
    private static readonly TimeSpan MinRecheck = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan MaxRecheck = TimeSpan.FromHours(1);

    // After a failed fetch of an id: 5 minutes, doubling (RFC 8461 §3.3; standard.md 8461-3.3-7).
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MaxBackOff = TimeSpan.FromHours(1);

    // A policy that lives shorter is not fetched more often than this (standard.md 8461-3.2-21).
    private static readonly TimeSpan MinFetchInterval = TimeSpan.FromMinutes(1);

    // About 10 MB: a flood of invented domains must not fill the memory.
    private const int MaxRemembered = 50_000;

    private readonly StsResolver _live = new(dns, policyHost);
    private readonly ConcurrentDictionary<DomainName, Lazy<Task<StsLookup>>> _flights = new();
    private readonly ConcurrentDictionary<DomainName, Remembered> _memories = new();
    private readonly CancellationTokenSource _stopping = new();

    // What is remembered of a domain between look-ups.
    private sealed record Remembered
    {
        public DateTimeOffset TxtGoodUntil { get; init; }
        public string? Id { get; init; }
        public DateTimeOffset NoFetchUntil { get; init; }
        public TimeSpan BackOff { get; init; }
        public StsLookup NoFetchAnswer { get; init; } = new StsLookup.NotPublished();
    }

    /// <summary>The policy to apply now. Cancelling leaves the look-up running for the other waiters and for the cache.</summary>
    public async Task<StsLookup> ResolveAsync(DomainName domain, CancellationToken ct)
    {
        var flight = _flights.GetOrAdd(domain, d => new(() => FlyAsync(d, _stopping.Token)));
        return await flight.Value.WaitAsync(ct);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task<StsLookup> FlyAsync(DomainName domain, CancellationToken ct)
    {
        try
        {
            // Off the first caller's path, so that its cancellation and a synchronous store cannot hold the others.
            await Task.Yield();
            return await LookupAsync(domain, ct);
        }
        finally
        {
            _flights.TryRemove(domain, out _);
        }
    }

    private async Task<StsLookup> LookupAsync(DomainName domain, CancellationToken ct)
    {
        var cached = await store.FindAsync(domain, ct);
        var memory = _memories.GetValueOrDefault(domain, new());
        if (Live(cached) is { } unasked && clock.GetUtcNow() < memory.TxtGoodUntil)
            return unasked;

        var txt = await _live.TxtAsync(domain, ct);
        memory = memory with { TxtGoodUntil = clock.GetUtcNow() + Recheck(txt) };
        if (cached is not null)
            Remember(domain, memory);

        var selection = StsResolver.Select(txt);
        if (selection is not StsRecordSelection.Valid { Record.Id: var id })
            return Live(cached) ?? StsResolver.NoPolicy(txt, selection)!;

        if (cached?.Id == id && Live(cached) is { } unchanged)
            return unchanged;

        var fetched = await FetchAsync(domain, id, memory, ct);
        return fetched is StsLookup.Found ? fetched : Live(cached) ?? fetched;
    }

    // Neither a vanished record nor a failing server ends a policy before its time (RFC 8461 §3.3).
    private StsLookup.Found? Live(CachedPolicy? cached) =>
        cached is not null && cached.IsLive(clock.GetUtcNow()) ? new(cached.Policy, Fresh: false) : null;

    private async Task<StsLookup> FetchAsync(DomainName domain, string id, Remembered memory, CancellationToken ct)
    {
        var sameId = memory.Id == id;
        if (sameId && clock.GetUtcNow() < memory.NoFetchUntil)
            return memory.NoFetchAnswer;

        var (lookup, _) = StsResolver.Read(await policyHost.FetchAsync(domain, ct));
        var now = clock.GetUtcNow();
        if (lookup is StsLookup.Found found)
        {
            await store.SaveAsync(new(domain, found.Policy, id, now), ct);
            Remember(
                domain,
                memory with
                {
                    Id = id,
                    NoFetchUntil = now + MinFetchInterval,
                    BackOff = default,
                    NoFetchAnswer = new StsLookup.Unusable(LookupStage.Policy, "expired"),
                }
            );
            return lookup;
        }

        var backOff = sameId && memory.BackOff > TimeSpan.Zero ? memory.BackOff * 2 : FirstBackOff;
        backOff = TimeSpan.FromTicks(Math.Min(backOff.Ticks, MaxBackOff.Ticks));
        Remember(domain, memory with { Id = id, NoFetchUntil = now + backOff, BackOff = backOff, NoFetchAnswer = lookup });
        return lookup;
    }

    private static TimeSpan Recheck(DnsAnswer<string> txt) =>
        txt is DnsAnswer<string>.Found { Ttl: var ttl }
            ? TimeSpan.FromTicks(Math.Clamp(ttl.Ticks, MinRecheck.Ticks, MaxRecheck.Ticks))
            : MinRecheck;

    private void Remember(DomainName domain, Remembered memory)
    {
        if (_memories.Count >= MaxRemembered && !_memories.ContainsKey(domain))
            _memories.Clear();

        _memories[domain] = memory;
    }
}
