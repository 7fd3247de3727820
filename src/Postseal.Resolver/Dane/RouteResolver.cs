using Postseal.Protocol.Socketmap;
using Postseal.Resolver.Concurrency;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;

namespace Postseal.Resolver.Dane;

/// <summary>Finds a destination's MX hosts and their TLSA records, remembers them for a short time, and looks each up once at a time.</summary>
/// <param name="dns">DNS.</param>
/// <param name="smtpPort">The port where a destination names none.</param>
/// <param name="clock">The clock.</param>
/// <param name="maxBytes">Memory for what is remembered: a zone may publish thousands of hosts, and TLSA records of 64 kilobytes for each.</param>
public sealed class RouteResolver(IDns dns, int smtpPort, TimeProvider clock, long maxBytes = RouteResolver.DefaultBytes)
    : IDisposable
{
    /// <summary>Room for some 10,000 destinations of ordinary size.</summary>
    public const long DefaultBytes = 16 * 1024 * 1024;

    /// <summary>Hosts looked at: the largest providers publish about ten; a hostile zone may list thousands.</summary>
    public const int MaxHosts = 20;

    // TLSA records that are withdrawn must not hold up mail for longer than a delivery attempt; a resolver nearby has the answers cached.
    private static readonly TimeSpan DaneRecheck = TimeSpan.FromMinutes(1);

    // Where DANE is not in use only its beginning can be missed.
    private static readonly TimeSpan PlainRecheck = TimeSpan.FromMinutes(5);

    // A resolver in trouble is asked again soon, but not by every question.
    private static readonly TimeSpan FailureRecheck = TimeSpan.FromSeconds(10);

    // A flood of invented domains must not fill the memory; neither must few that publish much, which the bytes bound.
    private const int MaxRemembered = 10_000;

    private readonly MxResolver _mx = new(dns);
    private readonly DaneResolver _dane = new(dns);
    private readonly Generations<Destination, MailRoute> _routes = new(MaxRemembered)
    {
        MaxBytes = maxBytes,
        Weight = (destination, route) => RouteWeight.Of(destination, route),
    };
    private readonly SingleFlight<Destination, MailRoute> _flights = new();

    /// <summary>What was last found, however old; null when nothing is remembered.</summary>
    public MailRoute? Find(Destination destination) => _routes.TryGet(destination, out var route) ? route : null;

    /// <summary>The hosts now. Cancelling leaves the look-up running for the others.</summary>
    public async Task<MailRoute> LookupAsync(Destination destination, CancellationToken ct) =>
        Find(destination) is { } route && clock.GetUtcNow() < route.GoodUntil
            ? route
            : await _flights.FlyAsync(destination, AskAsync, ct);

    /// <summary>Forgets a destination.</summary>
    public void Forget(Destination destination) => _routes.Remove(destination);

    /// <inheritdoc/>
    public void Dispose() => _flights.Dispose();

    private async Task<MailRoute> AskAsync(Destination destination, CancellationToken ct)
    {
        // A host in brackets is named by the operator: no MX record stands between, so nothing there needs to be secure.
        var mx = destination.IsHost
            ? new MxLookup.Hosts([new(destination.Domain, 0)], Secure: true, IsImplicit: true, [])
            : await _mx.LookupAsync(destination.Domain, ct);
        var hosts = (mx as MxLookup.Hosts)?.InOrder ?? [];
        // Behind an insecure MX RRset DANE is not used (standard.md D-MX-5, D-MX-6): nothing to ask.
        var dane = mx is MxLookup.Hosts { Secure: true }
            ? await Task.WhenAll(hosts.Take(MaxHosts).Select(h => _dane.LookupAsync(h.Name, destination.Port ?? smtpPort, ct)))
            : [.. hosts.Take(MaxHosts).Select(_ => new DaneLookup.NotApplicable("mx-insecure"))];
        var now = clock.GetUtcNow();
        var route = new MailRoute(mx, [.. hosts.Zip(dane)], hosts.Count <= MaxHosts, now, now + Recheck(mx, dane));
        _routes.Put(destination, route);
        return route;
    }

    private static TimeSpan Recheck(MxLookup mx, DaneLookup[] dane) =>
        mx is MxLookup.Failed || dane.Any(d => d is DaneLookup.Failed) ? FailureRecheck
        : dane.Any(d => d is not DaneLookup.NotApplicable) ? DaneRecheck
        : PlainRecheck;
}
