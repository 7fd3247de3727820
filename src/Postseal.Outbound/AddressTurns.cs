using System.Net;

namespace Postseal.Outbound;

/// <summary>Lets only so many connections at a time go to one address (of IPv6: one /64), and a pause between: who is asked on behalf of strangers must not
/// suffer by their number, and one that does not answer must not hold up the others.</summary>
/// <param name="places">How many at a time.</param>
/// <param name="interval">How long a place stays taken after its user has gone; zero for not at all.</param>
/// <param name="clock">Measures the interval.</param>
public sealed class AddressTurns(int places, TimeSpan interval, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, Turnstile> _turnstiles = [];

    private sealed class Turnstile(int places) : IDisposable
    {
        public readonly SemaphoreSlim Free = new(places);
        public int Users; // inside, waiting, or keeping the interval; the last one takes the entry along

        public void Dispose() => Free.Dispose();
    }

    /// <summary>Waits for a place, then does the work.</summary>
    /// <param name="address">Where the work goes.</param>
    /// <param name="work">The work; its result does not wait for the interval, only the next in line does.</param>
    /// <param name="ct">Cancels the waiting and the work.</param>
    public async Task<T> PassAsync<T>(IPAddress address, Func<CancellationToken, Task<T>> work, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(work);
        var key = Neighbourhood.Of(address);
        var turnstile = Join(key);
        var entered = false;
        try
        {
            if (!turnstile.Free.Wait(0, CancellationToken.None))
                await turnstile.Free.WaitAsync(ct);

            entered = true;
            return await work(ct);
        }
        finally
        {
            if (entered && interval > TimeSpan.Zero)
                _ = LeaveLaterAsync(key, turnstile, CancellationToken.None); // an interval is seconds, and nobody waits for its end
            else
                Leave(key, turnstile, entered);
        }
    }

    private async Task LeaveLaterAsync(IPAddress key, Turnstile turnstile, CancellationToken ct)
    {
        await Task.Delay(interval, clock, ct);
        Leave(key, turnstile, entered: true);
    }

    private Turnstile Join(IPAddress key)
    {
        lock (_gate)
        {
            if (!_turnstiles.TryGetValue(key, out var turnstile))
                _turnstiles.Add(key, turnstile = new(places));

            turnstile.Users++;
            return turnstile;
        }
    }

    private void Leave(IPAddress key, Turnstile turnstile, bool entered)
    {
        lock (_gate)
        {
            if (entered)
                turnstile.Free.Release();

            if (--turnstile.Users > 0)
                return;

            _turnstiles.Remove(key);
            turnstile.Dispose();
        }
    }
}
