using System.Collections.Concurrent;

namespace Postseal.Resolver.Concurrency;

/// <summary>At most one piece of work per key at a time, shared by all who ask meanwhile. Who gives up waiting leaves the work running for the others.</summary>
public sealed class SingleFlight<TKey, T> : IDisposable
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Lazy<Task<T>>> _flights = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>The running flight of the key, or a new one. The token given to <paramref name="work"/> ends only with <see cref="Dispose"/>.</summary>
    public async Task<T> FlyAsync(TKey key, Func<TKey, CancellationToken, Task<T>> work, CancellationToken ct)
    {
        var flight = _flights.GetOrAdd(key, k => new(() => RunAsync(k, work, _stopping.Token)));
        return await flight.Value.WaitAsync(ct);
    }

    /// <summary>Abandons what still runs.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task<T> RunAsync(TKey key, Func<TKey, CancellationToken, Task<T>> work, CancellationToken ct)
    {
        try
        {
            // Off the first caller's path, so that its cancellation and synchronous work cannot hold the others.
            await Task.Yield();
            return await work(key, ct);
        }
        finally
        {
            _flights.TryRemove(key, out _);
        }
    }
}
