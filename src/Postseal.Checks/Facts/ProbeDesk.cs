using System.Net;
using Postseal.Protocol;
using Postseal.Resolver.Concurrency;
using Postseal.Smtp.Probe;

namespace Postseal.Checks.Facts;

/// <summary>Where MX addresses are probed: never two probes at once to one address, an interval between, and a result shared by all who want the same.</summary>
public sealed class ProbeDesk(ProbeOptions options, ProbePace pace, TimeProvider clock) : IDisposable
{
    // Twice as many at most. A result has the whole chain that a server presented, 10 KB as a rule and 100 KB from one that means harm.
    private const int KeptResults = 100;

    private readonly SmtpProbe _probe = new(options, clock);
    private readonly SingleFlight<Key, ProbeResult> _flights = new();
    private readonly Generations<Key, (ProbeResult Result, long Since)> _recent = new(KeptResults);
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, Turnstile> _turnstiles = [];

    private readonly record struct Key(DomainName Host, DomainName Sni, IPAddress Address);

    private sealed class Turnstile : IDisposable
    {
        public readonly SemaphoreSlim Free = new(1);
        public int Users; // inside, waiting, or keeping the interval; the last one takes the entry along

        public void Dispose() => Free.Dispose();
    }

    /// <summary>Probes one address, or waits for the probe that runs, or gives a recent result. Who stops waiting does not stop the probe for others.</summary>
    /// <param name="host">The reference name the certificate is judged for.</param>
    /// <param name="sni">The name asked for in the handshake.</param>
    /// <param name="address">The address to connect to.</param>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled, or the desk was closed.</exception>
    public Task<ProbeResult> ProbeAsync(DomainName host, DomainName sni, IPAddress address, CancellationToken ct)
    {
        var key = new Key(host, sni, address);
        return _recent.TryGet(key, out var kept) && clock.GetElapsedTime(kept.Since) < pace.Share
            ? Task.FromResult(kept.Result)
            : _flights.FlyAsync(key, TakeTurnAsync, ct);
    }

    /// <summary>Abandons what still runs.</summary>
    public void Dispose()
    {
        _closing.Cancel();
        _closing.Dispose();
        _flights.Dispose();
    }

    private async Task<ProbeResult> TakeTurnAsync(Key key, CancellationToken ct)
    {
        var turnstile = Join(key.Address);
        var entered = false;
        try
        {
            await turnstile.Free.WaitAsync(ct);
            entered = true;
            var result = await _probe.ProbeAsync(key.Host, key.Sni, key.Address, ct);
            if (pace.Share > TimeSpan.Zero)
                _recent.Put(key, (result, clock.GetTimestamp()));

            return result;
        }
        finally
        {
            if (entered && pace.Interval > TimeSpan.Zero)
                _ = LeaveLaterAsync(key.Address, turnstile, _closing.Token);
            else
                Leave(key.Address, turnstile, entered);
        }
    }

    /// <summary>The next in line waits for the interval; who has the result does not.</summary>
    private async Task LeaveLaterAsync(IPAddress address, Turnstile turnstile, CancellationToken ct)
    {
        await Task.Delay(pace.Interval, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Leave(address, turnstile, entered: true);
    }

    private Turnstile Join(IPAddress address)
    {
        lock (_gate)
        {
            if (!_turnstiles.TryGetValue(address, out var turnstile))
                _turnstiles.Add(address, turnstile = new());

            turnstile.Users++;
            return turnstile;
        }
    }

    private void Leave(IPAddress address, Turnstile turnstile, bool entered)
    {
        lock (_gate)
        {
            if (entered)
                turnstile.Free.Release();

            if (--turnstile.Users > 0)
                return;

            _turnstiles.Remove(address);
            turnstile.Dispose();
        }
    }
}
