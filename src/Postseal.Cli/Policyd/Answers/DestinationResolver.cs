using System.Text;
using Postseal.Cli.Policyd.Configuration;
using Postseal.Protocol.MtaSts;
using Postseal.Protocol.Socketmap;
using Postseal.Resolver.Dane;
using Postseal.Resolver.Decisions;
using Postseal.Resolver.Sts;

namespace Postseal.Cli.Policyd.Answers;

/// <summary>Makes the answer for a destination: override, policy, MX hosts and TLSA records, then the rules.</summary>
/// <param name="policies">The policy cache.</param>
/// <param name="routes">MX hosts and TLSA records.</param>
/// <param name="counts">Counters to hang the answer on.</param>
/// <param name="settings">The configuration as it is now; a reload swaps it.</param>
/// <param name="clock">The clock.</param>
internal sealed class DestinationResolver(
    PolicyResolver policies,
    RouteResolver routes,
    AnswerCounts counts,
    AnswerSettings settings,
    TimeProvider clock
)
{
    // While an enforced policy is at hand nobody waits longer for DANE: the answer is the policy's, and the look-up finishes behind.
    private static readonly TimeSpan DanePatience = TimeSpan.FromSeconds(2);

    // An answer given because something took too long: asked again soon, but not by every question meanwhile.
    private static readonly TimeSpan Makeshift = TimeSpan.FromSeconds(10);

    /// <summary>Looks up what is needed, within the time limit of an answer.</summary>
    public async Task<Answer> ResolveAsync(Destination destination, CancellationToken ct)
    {
        var options = settings.Current;
        var exception = options.Overrides.Find(destination.Domain, clock.GetUtcNow());
        if (exception is { Action: OverrideAction.Off })
            return Make(new(new SocketmapReply.NotFound(), "override-off"), exception.Expires, null);

        using var limit = new CancellationTokenSource(options.AnswerTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var started = clock.GetTimestamp();
        var route = settings.BelievesAd ? routes.LookupAsync(destination, either.Token) : null;
        var (sts, text, late) = await StsAsync(destination, exception, either.Token, ct);
        var isEnforced = sts is StsLookup.Found { Policy.Mode: StsMode.Enforce };
        if (isEnforced && ((StsLookup.Found)sts).Policy.Mx.Any(p => p.IsWildcard))
            route ??= routes.LookupAsync(destination, either.Token); // a wildcard is narrowed to the hosts in DNS

        var left = (isEnforced ? DanePatience : options.AnswerTimeout) - clock.GetElapsedTime(started);
        var found = await WithinAsync(route, left, ct);
        late |= route is not null && found is null;

        var policy = DestinationRules.Decide(destination, sts, text, found);
        policy = late && policy.Reply is SocketmapReply.NotFound && !isEnforced ? policy with { Cause = "timeout" } : policy;
        var state = policies.Find(destination.Domain);
        return Make(Temper(destination, policy, options), ValidUntil(state, found, exception, late), state);
    }

    /// <summary>What an operator's exception makes of a policy look-up.</summary>
    public static StsLookup Apply(Override? exception, StsLookup lookup) =>
        (exception, lookup) switch
        {
            ({ Action: OverrideAction.Off }, _) => new StsLookup.NotPublished(),
            ({ Action: OverrideAction.Pin, Policy: { } pinned }, _) => new StsLookup.Found(pinned, Fresh: false),
            ({ Action: OverrideAction.Testing }, StsLookup.Found { Policy: { Mode: StsMode.Enforce } policy } found) => found with
            {
                Policy = policy with { Mode = StsMode.Testing },
            },
            _ => lookup,
        };

    // A policy look-up that takes too long leaves nothing; it goes on for the next question.
    private async Task<(StsLookup Sts, ReadOnlyMemory<byte> Text, bool Late)> StsAsync(
        Destination destination,
        Override? exception,
        CancellationToken limit,
        CancellationToken ct
    )
    {
        if (exception is { Action: OverrideAction.Pin, Policy: { } pinned })
            return (Apply(exception, new StsLookup.NotPublished()), Encoding.UTF8.GetBytes(pinned.ToString()), false);

        StsLookup lookup;
        try
        {
            lookup = await policies.ResolveAsync(destination.Domain, limit);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (new StsLookup.NotPublished(), default, true);
        }

        var applied = Apply(exception, lookup);
        // Only an enforced policy's text is told; it is not at hand where the policy has ended by now.
        return
            applied is StsLookup.Found { Policy: { Mode: StsMode.Enforce } policy }
            && policies.Find(destination.Domain)?.Cached is { IsWhole: true } cached
            && cached.Read() == policy
            ? (applied, cached.Text, false)
            : (applied, default, false);
    }

    private async Task<MailRoute?> WithinAsync(Task<MailRoute>? route, TimeSpan left, CancellationToken ct)
    {
        if (route is null)
            return null;

        try
        {
            return await route.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock, ct);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            return null;
        }
    }

    // What could not be learned is "no policy" (RFC 8461 §3.3) unless the operator rather defers.
    private static DestinationPolicy Temper(Destination destination, DestinationPolicy policy, PolicydOptions options)
    {
        var (cause, what) = policy.Cause switch
        {
            "dns" => (TempCause.Dns, $"DNS fails for the MTA-STS record of {destination.Domain}"),
            "fetch" => (TempCause.Fetch, $"the MTA-STS policy of {destination.Domain} cannot be fetched"),
            "policy" => (TempCause.Policy, $"the MTA-STS policy of {destination.Domain} is invalid"),
            "mx" => (TempCause.Mx, $"DNS fails for the MX records of {destination.Domain}"),
            "timeout" => (TempCause.Timeout, $"looking up the policy of {destination.Domain} takes too long"),
            _ => ((TempCause?)null, ""),
        };
        return policy.Reply is SocketmapReply.NotFound && cause is { } known && options.TempOn.Contains(known)
            ? policy with
            {
                Reply = new SocketmapReply.Temporary(what),
                WithoutDane = new SocketmapReply.Temporary(what),
            }
            : policy;
    }

    private DateTimeOffset ValidUntil(StsState? state, MailRoute? route, Override? exception, bool late)
    {
        var now = clock.GetUtcNow();
        if (late)
            return now + Makeshift;

        var until = state?.AskAgainAt(now) ?? now;
        if (exception is { Action: OverrideAction.Pin })
            until = DateTimeOffset.MaxValue;

        // Answered from the cache because DNS is slow: the look-up goes on behind.
        if (until <= now)
            until = now + Makeshift;

        if (route is not null && route.GoodUntil < until)
            until = route.GoodUntil;

        return exception is not null && exception.Expires < until ? exception.Expires : until;
    }

    private Answer Make(DestinationPolicy policy, DateTimeOffset until, StsState? state) =>
        new(policy, until, state, counts.Of(policy.Reply, policy.Cause));
}
