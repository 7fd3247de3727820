using System.Threading.Channels;

namespace Postseal.Tests.Lab;

/// <summary>A clock whose timers wait for the test: each shows up in <see cref="Timers"/> when somebody begins to wait.</summary>
public sealed class StepClock : TimeProvider
{
    private readonly Channel<(TimeSpan Due, Action Fire)> _timers = Channel.CreateUnbounded<(TimeSpan, Action)>();

    /// <summary>Every timer made, in order.</summary>
    public ChannelReader<(TimeSpan Due, Action Fire)> Timers => _timers.Reader;

    /// <summary>Lets the next wait of this length end, as soon as there is one.</summary>
    public async Task PassAsync(TimeSpan due, CancellationToken ct)
    {
        while (true)
        {
            var timer = await Timers.ReadAsync(ct);
            if (timer.Due != due)
                continue;
            timer.Fire();
            return;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _timers.Writer.TryWrite((dueTime, () => callback(state)));
        return new Waiting();
    }

    private sealed class Waiting : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() { }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
