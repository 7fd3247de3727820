using System.Runtime;

namespace Postseal.Cli.Policyd.Memory;

/// <summary>
/// Gives back what a burst of look-ups has used, once it is over. Neither the collector nor the C library does so by itself: both keep it for the
/// next burst, and on a mail server that may be tomorrow's.
/// </summary>
internal sealed class IdleMemory : IDisposable
{
    // Short against the minutes between bursts of mail, long against the gaps within one.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    // A collection stops all threads: a fraction of a second with 100,000 policies. In an interval with fewer questions hardly any comes just then.
    private const long FewQuestions = 50;

    // Between two looks; a single look-up takes some 300 kB, and policies that are refreshed in the background are no burst.
    private const long LittleAllocated = 2 * 1024 * 1024;

    // Not worth a collection.
    private const long MinAllocated = 16 * 1024 * 1024;

    private readonly Func<long> _questions;
    private readonly Func<long> _allocated;
    private readonly Action _giveBack;
    private readonly ITimer _timer;
    private long _questionsSeen;
    private long _allocatedSeen;
    private long _allocatedLast; // when memory was last given back

    /// <summary>Begins to watch.</summary>
    /// <param name="questions">Asked of the server so far.</param>
    /// <param name="allocated">Bytes allocated so far.</param>
    /// <param name="giveBack">What to do after a burst.</param>
    /// <param name="clock">The clock.</param>
    public IdleMemory(Func<long> questions, Func<long> allocated, Action giveBack, TimeProvider clock)
    {
        (_questions, _allocated, _giveBack) = (questions, allocated, giveBack);
        _timer = clock.CreateTimer(_ => Look(), null, Interval, Interval);
    }

    /// <summary>Watches this process.</summary>
    public static IdleMemory Watch(Func<long> questions, TimeProvider clock) =>
        new(questions, () => GC.GetTotalAllocatedBytes(precise: false), GiveBack, clock);

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private static void GiveBack()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.GiveBack();
    }

    private void Look()
    {
        var (questions, allocated) = (_questions(), _allocated());
        var isQuiet = questions - _questionsSeen < FewQuestions && allocated - _allocatedSeen < LittleAllocated;
        (_questionsSeen, _allocatedSeen) = (questions, allocated);
        if (!isQuiet || allocated - _allocatedLast < MinAllocated)
            return;

        _allocatedLast = allocated;
        _giveBack();
    }
}
