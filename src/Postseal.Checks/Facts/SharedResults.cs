using Postseal.Resolver.Concurrency;

namespace Postseal.Checks.Facts;

/// <summary>Work that several may want at the same time or soon after one another: done once. Who stops waiting does not stop it for others.</summary>
/// <param name="kept">Results of one generation; there are twice as many at most.</param>
/// <param name="share">How long a result answers for the same key; zero for never.</param>
/// <param name="weigh">Bytes that a result takes, about. One over <see cref="MaxWeight"/> goes to those who wait for it and is not kept.</param>
/// <param name="clock">Measures the time.</param>
internal sealed class SharedResults<TKey, T>(int kept, TimeSpan share, Func<T, long> weigh, TimeProvider clock) : IDisposable
    where TKey : notnull
{
    /// <summary>Bytes of a result that is kept: real ones have 5 KB, and that of a server that means harm has a quarter of a megabyte.</summary>
    public const int MaxWeight = 32 * 1024;

    private readonly SingleFlight<TKey, T> _flights = new();
    private readonly Generations<TKey, (T Result, long Since)> _recent = new(kept);

    /// <summary>A recent result, or that of the work that runs, or of new work.</summary>
    public Task<T> GetAsync(TKey key, Func<CancellationToken, Task<T>> work, CancellationToken ct) =>
        _recent.TryGet(key, out var known) && clock.GetElapsedTime(known.Since) < share
            ? Task.FromResult(known.Result)
            : _flights.FlyAsync(key, (_, token) => DoAsync(key, work, token), ct);

    /// <summary>Abandons what still runs.</summary>
    public void Dispose() => _flights.Dispose();

    private async Task<T> DoAsync(TKey key, Func<CancellationToken, Task<T>> work, CancellationToken ct)
    {
        var result = await work(ct);
        if (share > TimeSpan.Zero && weigh(result) <= MaxWeight)
            _recent.Put(key, (result, clock.GetTimestamp()));

        return result;
    }
}
