using Postseal.Protocol;
using Postseal.Protocol.MtaSts;

namespace Postseal.Resolver.Sts;

/// <summary>
/// Keeps cached policies alive: fetches each about once a day, whatever the record says (RFC 8461 §10.2), records the end of those that
/// could not be renewed, and drops those nobody uses.
/// </summary>
public sealed class Refresher(PolicyResolver resolver, TimeProvider clock)
{
    /// <summary>A policy that cannot be refreshed and ends within this time needs somebody's attention.</summary>
    public static readonly TimeSpan AlertHorizon = TimeSpan.FromDays(3);

    /// <summary>Policies nobody asked for during this time are dropped (design: the memory is for mail that is sent).</summary>
    public static readonly TimeSpan UnusedAfter = TimeSpan.FromDays(180);

    // Fine enough for policies that live minutes, and cheap: it looks at every policy in memory.
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // Uses are noted in the store this coarsely.
    private static readonly TimeSpan UseResolution = TimeSpan.FromDays(1);

    // What waits to be written is bounded.
    private const int UsesAtOnce = 1000;

    // A policy that short ends before it can be renewed: its end is its owner's will and no news.
    private static readonly TimeSpan ShortLived = TimeSpan.FromHours(1);

    // Side by side; the policy hosts have their own limit per address.
    private const int MaxParallel = 16;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        var refreshing = Task.CompletedTask;
        do
        {
            await HousekeepAsync(ct);
            // Hosts that do not answer hold up the next round of refreshes, never the housekeeping.
            if (refreshing.IsCompleted)
            {
                await refreshing;
                refreshing = RefreshDueAsync(ct);
            }
        } while (await timer.WaitForNextTickAsync(ct));
    }

    /// <summary>One round, awaited to its end: housekeeping, then every refresh that is due.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        await HousekeepAsync(ct);
        await RefreshDueAsync(ct);
    }

    /// <summary>True for a policy worth an alarm: enforced or tested, its last fetch failed, and it ends within <see cref="AlertHorizon"/>.</summary>
    public static bool IsEndangered(StsState state, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Live(now) is { Mode: not StsMode.None } live
            && state.Fetch is { Succeeded: false }
            && live.ExpiresAt - now < AlertHorizon;
    }

    private async Task RefreshDueAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var due = resolver.Policies.Where(s => s.RefreshAt <= now && s.Live(now) is not null).Select(s => s.Domain).ToList();
        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = MaxParallel, CancellationToken = ct },
            async (domain, stop) => await resolver.RefreshAsync(domain, byOperator: false, stop)
        );
    }

    private async Task HousekeepAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var uses = new List<(DomainName, DateTimeOffset)>();
        foreach (var state in resolver.Policies)
        {
            if (state.Live(now) is not { } live)
                await EndAsync(state, ChangeCause.Expired, now, ct);
            else if (now - LastUse(state) > UnusedAfter)
                await EndAsync(state, ChangeCause.Unused, now, ct);
            else if (state.Use.At - state.Use.Saved >= UseResolution && live.ExpiresAt > now)
                uses.Add((state.Domain, state.Use.Saved = state.Use.At));
        }

        foreach (var some in uses.Chunk(UsesAtOnce))
            await resolver.Store.MarkUsedAsync(some, ct);
    }

    // A policy that was fetched for a question has been used then, even if the question gave up waiting.
    private static DateTimeOffset LastUse(StsState state) =>
        state.Use.At > DateTimeOffset.MinValue.AddTicks(1) ? state.Use.At : state.Cached!.FetchedAt;

    private async Task EndAsync(StsState state, ChangeCause cause, DateTimeOffset now, CancellationToken ct)
    {
        // Renewed meanwhile: nothing ends.
        if (state.Cached is not { } cached || !resolver.Table.TryReplace(state, state with { Cached = null }))
            return;

        state.Use.Outdate();
        await resolver.Store.RemoveAsync(cached, ct);
        if (cause == ChangeCause.Expired && cached.Lifetime < ShortLived)
            return;

        var detail =
            cause == ChangeCause.Unused ? $"Nobody asked for it for {UnusedAfter.TotalDays:0} days."
            : state.Fetch is { Succeeded: false } fetch ? $"It ended before it could be renewed. {fetch.Detail}"
            : "It ended before it was renewed.";
        await resolver.RecordAsync(new(state.Domain, now, cached.Mode, null, cause, detail), ct);
    }
}
