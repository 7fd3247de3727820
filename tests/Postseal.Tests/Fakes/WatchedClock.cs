using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace Postseal.Tests.Fakes;

/// <summary>A clock that stands still and tells when somebody has begun to wait on it, so that a test may then let that time pass.</summary>
public sealed class WatchedClock() : FakeTimeProvider(TestCa.Now)
{
    private readonly ConcurrentDictionary<TimeSpan, TaskCompletionSource> _begun = new();

    /// <summary>Completes when a timer of this length has been started.</summary>
    public Task Waiting(TimeSpan length) => _begun.GetOrAdd(length, _ => new()).Task;

    /// <summary>Lets time pass until something has ended. For what waits by turns: the time in which it works itself counts for nobody, so one step may not do.</summary>
    public async Task<T> PassUntilAsync<T>(TimeSpan step, Task<T> end)
    {
        while (!end.IsCompleted)
        {
            Advance(step);
            await Task.Yield();
        }

        return await end;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _begun.GetOrAdd(dueTime, _ => new()).TrySetResult();
        return timer;
    }
}
