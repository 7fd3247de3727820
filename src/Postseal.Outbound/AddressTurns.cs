using System.Net;

namespace Postseal.Outbound;

/// <summary>Lets only so many connections at a time go to one address (of IPv6: one /64), and a pause between: who is asked on behalf of strangers must not
/// suffer by their number, and one that does not answer must not hold up the others. The first visit of any job goes before the second of another, so that
/// nobody makes an address unreachable for others by wanting it often. A line is as long as the jobs that run, times their visits: their budgets bound it.</summary>
/// <param name="places">How many at a time.</param>
/// <param name="interval">How long a place stays taken after its user has gone; zero for not at all.</param>
/// <param name="clock">Measures the interval.</param>
public sealed class AddressTurns(int places, TimeSpan interval, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, Turnstile> _turnstiles = [];
    private long _came;

    private sealed class Turnstile(int places)
    {
        public readonly PriorityQueue<TaskCompletionSource, (int Visit, long Came)> Line = new();
        public int Free = places;
        public int Users; // inside, waiting, or keeping the interval; the last one takes the entry along
    }

    /// <summary>Waits for a place, then does the work.</summary>
    /// <param name="address">Where the work goes.</param>
    /// <param name="job">On whose behalf.</param>
    /// <param name="work">The work; its result does not wait for the interval, only the next in line does.</param>
    /// <param name="ct">Cancels the waiting and the work.</param>
    public async Task<T> PassAsync<T>(
        IPAddress address,
        OutboundBudget job,
        Func<CancellationToken, Task<T>> work,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(work);
        var key = Neighbourhood.Of(address);
        var (turnstile, turn) = Join(key, job.CountVisit(key));
        try
        {
            await turn.Task.WaitAsync(ct);
            ct.ThrowIfCancellationRequested(); // who has gone meanwhile takes no interval from the next
        }
        catch (OperationCanceledException)
        {
            Leave(key, turnstile, turn);
            throw;
        }

        try
        {
            return await work(ct);
        }
        finally
        {
            if (interval > TimeSpan.Zero)
                _ = LeaveLaterAsync(key, turnstile, turn, CancellationToken.None); // an interval is seconds, and nobody waits for its end
            else
                Leave(key, turnstile, turn);
        }
    }

    private async Task LeaveLaterAsync(IPAddress key, Turnstile turnstile, TaskCompletionSource turn, CancellationToken ct)
    {
        await Task.Delay(interval, clock, ct);
        Leave(key, turnstile, turn);
    }

    private (Turnstile Turnstile, TaskCompletionSource Turn) Join(IPAddress key, int visit)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (!_turnstiles.TryGetValue(key, out var turnstile))
                _turnstiles.Add(key, turnstile = new(places));

            turnstile.Users++;
            if (turnstile.Free > 0)
            {
                turnstile.Free--;
                turn.SetResult();
            }
            else
            {
                turnstile.Line.Enqueue(turn, (visit, _came++));
            }

            return (turnstile, turn);
        }
    }

    private void Leave(IPAddress key, Turnstile turnstile, TaskCompletionSource turn)
    {
        lock (_gate)
        {
            if (!turn.Task.IsCompleted)
                turnstile.Line.Remove(turn, out _, out _);
            else if (turnstile.Line.TryDequeue(out var next, out _))
                next.SetResult();
            else
                turnstile.Free++;

            if (--turnstile.Users == 0)
                _turnstiles.Remove(key);
        }
    }
}
