using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Postseal.Outbound;

/// <summary>
/// Where the bytes of handshakes are worked on: as many threads as the machine has cores, for the whole process, and for nothing else. What a handshake
/// costs is for the peer to make large, and between two reads nobody can stop it: on the pool's threads it would hold up whatever else the process answers.
/// </summary>
internal static class HandshakeThreads
{
    // No bound: every job has at most OutboundBudget.HandshakesAtATime entries, and whoever starts jobs bounds their number.
    private static readonly BlockingCollection<Action> Line = Start(Environment.ProcessorCount);

    [ThreadStatic]
    private static bool _isCurrent;

    /// <summary>True on one of these threads.</summary>
    public static bool IsCurrent => _isCurrent;

    /// <summary>To be awaited: what follows goes on here, up to the next wait, and with it whoever awaits what follows without a context of its own.</summary>
    public static Entrance Enter() => default;

    /// <summary>The awaitable of <see cref="Enter"/>.</summary>
    public readonly struct Entrance : INotifyCompletion
    {
        /// <summary>Never done at once.</summary>
        public bool IsCompleted => false;

        /// <summary>Itself.</summary>
        public Entrance GetAwaiter() => this;

        /// <summary>Joins the line.</summary>
        public void OnCompleted(Action continuation) => Line.Add(continuation);

        /// <summary>Nothing.</summary>
        public void GetResult() { }
    }

    private static BlockingCollection<Action> Start(int threads)
    {
        var line = new BlockingCollection<Action>();
        for (var i = 1; i <= threads; i++)
        {
            var thread = new Thread(() =>
            {
                _isCurrent = true;
                foreach (var work in line.GetConsumingEnumerable())
                    work();
            })
            {
                IsBackground = true,
                Name = $"handshakes {i}",
            };
            thread.UnsafeStart();
        }

        return line;
    }
}
