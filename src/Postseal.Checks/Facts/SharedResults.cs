using Postseal.Resolver.Concurrency;

namespace Postseal.Checks.Facts;

/// <summary>Work that several may want at the same time or soon after one another: done once. Who stops waiting does not stop it for others; the last one who
/// does stops it.</summary>
/// <param name="kept">Results of one generation; there are twice as many at most.</param>
/// <param name="share">How long a result answers for the same key; zero for never.</param>
/// <param name="weigh">Bytes that a result takes, about. One over <see cref="MaxWeight"/> goes to those who wait for it and is not kept; null marks one that
/// is nobody's but the asker's for whom the work was done: the others begin anew.</param>
/// <param name="clock">Measures the time.</param>
internal sealed class SharedResults<TKey, T>(int kept, TimeSpan share, Func<T, long?> weigh, TimeProvider clock) : IDisposable
    where TKey : notnull
{
    /// <summary>Bytes of a result that is kept: real ones have 5 KB, and that of a server that means harm has a quarter of a megabyte.</summary>
    public const int MaxWeight = 32 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, Flight> _flights = [];
    private readonly Generations<TKey, (T Result, long Since)> _recent = new(kept);
    private bool _isClosed;

    private sealed class Flight : IDisposable
    {
        private readonly CancellationTokenSource _abandoned = new();
        public Task<T> Result = null!;
        public int Passengers;

        public CancellationToken Abandoned => _abandoned.Token;

        // Elsewhere: what is told of it must not run under our gate.
        public void Abandon() => _ = _abandoned.CancelAsync();

        public void Dispose() => _abandoned.Dispose();
    }

    /// <summary>A recent result, or that of the work that runs, or of new work.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled, or this was closed.</exception>
    public async Task<T> GetAsync(TKey key, Func<CancellationToken, Task<T>> work, CancellationToken ct)
    {
        while (true)
        {
            if (_recent.TryGet(key, out var known) && clock.GetElapsedTime(known.Since) < share)
                return known.Result;

            var (flight, isOurs) = Board(key, work);
            try
            {
                var result = await flight.Result.WaitAsync(ct);
                if (isOurs || weigh(result) is not null)
                    return result;
            }
            finally
            {
                Leave(key, flight);
            }
        }
    }

    /// <summary>Abandons what still runs.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var flight in _flights.Values)
                flight.Abandon();
        }
    }

    private (Flight Flight, bool IsOurs) Board(TKey key, Func<CancellationToken, Task<T>> work)
    {
        lock (_gate)
        {
            var isOurs = !_flights.TryGetValue(key, out var flight);
            if (flight is null)
            {
                _flights.Add(key, flight = new());
                if (_isClosed)
                    flight.Abandon();

                flight.Result = FlyAsync(key, flight, work, flight.Abandoned);
            }

            flight.Passengers++;
            return (flight, isOurs);
        }
    }

    private void Leave(TKey key, Flight flight)
    {
        lock (_gate)
        {
            // One that has arrived is not under its key any more.
            if (--flight.Passengers == 0 && Remove(key, flight))
                flight.Abandon();
        }
    }

    private async Task<T> FlyAsync(TKey key, Flight flight, Func<CancellationToken, Task<T>> work, CancellationToken ct)
    {
        try
        {
            await Task.Yield(); // off the first asker's path, whose gate this is
            ct.ThrowIfCancellationRequested();
            var result = await work(ct);
            if (share > TimeSpan.Zero && weigh(result) <= MaxWeight)
                _recent.Put(key, (result, clock.GetTimestamp()));

            return result;
        }
        finally
        {
            lock (_gate)
            {
                Remove(key, flight);
                flight.Dispose();
            }
        }
    }

    // Another one may fly under this key by now.
    private bool Remove(TKey key, Flight flight) => _flights.GetValueOrDefault(key) == flight && _flights.Remove(key);
}
