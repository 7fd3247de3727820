using System.Runtime.CompilerServices;

namespace Postseal.Outbound;

/// <summary>
/// Where the bytes of handshakes are worked on: as many threads as the machine has cores, for the whole process, and for nothing else. What a handshake
/// costs is for the peer to make large, and between two reads nobody can stop it: on the pool's threads it would hold up whatever else the process answers.
/// </summary>
internal static class HandshakeThreads
{
    // No bound: every job has at most OutboundBudget.HandshakesAtATime entries, and whoever starts jobs bounds their number.
    private static readonly Queue<Action> Line = Start(Environment.ProcessorCount);

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
        public void OnCompleted(Action continuation)
        {
            lock (Line)
            {
                Line.Enqueue(continuation);
                Monitor.Pulse(Line);
            }
        }

        /// <summary>Nothing.</summary>
        public void GetResult() { }
    }

    private static Queue<Action> Start(int threads)
    {
        var line = new Queue<Action>();
        for (var i = 1; i <= threads; i++)
            new Thread(() => Work(line)) { IsBackground = true, Name = $"handshakes {i}" }.UnsafeStart();

        return line;
    }

    // A monitor sleeps at once; what spins before would cost as much as some of the work.
    private static void Work(Queue<Action> line)
    {
        _isCurrent = true;
        while (true)
            Next(line)();
    }

    private static Action Next(Queue<Action> line)
    {
        lock (line)
        {
            Action? work;
            while (!line.TryDequeue(out work))
                Monitor.Wait(line);

            return work;
        }
    }
}
