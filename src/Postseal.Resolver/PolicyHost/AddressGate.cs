using System.Net;

namespace Postseal.Resolver.PolicyHost;

/// <summary>Lets only a few fetches at a time go to one address: a hoster's web server carries the policies of thousands of domains, and one that does
/// not answer must not hold up the fetches from others.</summary>
internal sealed class AddressGate
{
    // A web server takes as many at once from a browser; on our side each costs a TLS handshake and some 300 kB while it runs.
    private const int MaxPerAddress = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, Turnstile> _turnstiles = [];

    private sealed class Turnstile : IDisposable
    {
        public readonly SemaphoreSlim Free = new(MaxPerAddress);
        public int Users; // inside and waiting; the last one takes the entry along

        public void Dispose() => Free.Dispose();
    }

    /// <summary>Waits for a place, then does the work.</summary>
    public async Task<T> PassAsync<T>(IPAddress address, Func<CancellationToken, Task<T>> work, CancellationToken ct)
    {
        var turnstile = Join(address);
        try
        {
            if (!turnstile.Free.Wait(0, CancellationToken.None))
                await turnstile.Free.WaitAsync(ct);

            try
            {
                return await work(ct);
            }
            finally
            {
                turnstile.Free.Release();
            }
        }
        finally
        {
            Leave(address, turnstile);
        }
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

    private void Leave(IPAddress address, Turnstile turnstile)
    {
        lock (_gate)
        {
            if (--turnstile.Users > 0)
                return;

            _turnstiles.Remove(address);
            turnstile.Dispose();
        }
    }
}
