using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace Postseal.Tests.Fakes;

/// <summary>A clock that stands still and tells when somebody has begun to wait on it, so that a test may then let that time pass.</summary>
public sealed class WatchedClock() : FakeTimeProvider(TestCa.Now)
{
    private readonly ConcurrentDictionary<TimeSpan, TaskCompletionSource> _begun = new();

    /// <summary>Completes when a timer of this length has been started.</summary>
    public Task Waiting(TimeSpan length) => _begun.GetOrAdd(length, _ => new()).Task;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _begun.GetOrAdd(dueTime, _ => new()).TrySetResult();
        return timer;
    }
}
