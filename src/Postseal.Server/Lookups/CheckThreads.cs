using System.Collections.Concurrent;

namespace Postseal.Server.Lookups;

/// <summary>
/// Where checks compute: threads of their own, fewer than the machine has cores. What a check costs, gathering and judging, is for the owner of the checked domain to make
/// large; on these threads it takes nothing from those that answer requests, say that the process is well, and tell systemd so. Each check has a queue of its own, and each queue has its turn:
/// one that has much to do does not hold up the others longer than one of its steps takes.
/// </summary>
internal sealed class CheckThreads : IDisposable
{
    /// <summary>All cores but one; at least one.</summary>
    public static readonly int Standard = Math.Max(1, Environment.ProcessorCount - 1);

    // No bound: each check has one entry at a time, and of checks there is a bounded number.
    private readonly BlockingCollection<Lane> _turns = [];

    /// <param name="number">Of threads; at least 1.</param>
    public CheckThreads(int number)
    {
        for (var i = 1; i <= number; i++)
            new Thread(Work) { IsBackground = true, Name = $"checks {i}" }.Start();
    }

    /// <summary>Runs one check: it and all that it awaits goes on here.</summary>
    public Task RunAsync(Func<Task> check, CancellationToken ct) =>
        Task.Factory.StartNew(check, ct, TaskCreationOptions.DenyChildAttach, new Lane(_turns)).Unwrap();

    /// <summary>Ends the threads once they have nothing to do. What comes after that is done by the pool.</summary>
    public void Dispose() => _turns.CompleteAdding();

    private void Work()
    {
        foreach (var lane in _turns.GetConsumingEnumerable())
            lane.RunOne();
    }

    // The tasks of one check.
    private sealed class Lane(BlockingCollection<Lane> turns) : TaskScheduler
    {
        private readonly Lock _gate = new();
        private readonly Queue<Task> _tasks = new();

        /// <summary>Its turn: one step, and to the end of the line if there is more.</summary>
        public void RunOne()
        {
            Task task;
            lock (_gate)
                task = _tasks.Peek();

            TryExecuteTask(task);
            bool hasMore;
            lock (_gate)
            {
                _tasks.Dequeue();
                hasMore = _tasks.Count > 0;
            }

            if (hasMore)
                Line();
        }

        protected override void QueueTask(Task task)
        {
            bool isFirst;
            lock (_gate)
            {
                _tasks.Enqueue(task);
                isFirst = _tasks.Count == 1;
            }

            if (isFirst)
                Line();
        }

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

        protected override IEnumerable<Task> GetScheduledTasks()
        {
            lock (_gate)
                return [.. _tasks];
        }

        private void Line()
        {
            try
            {
                turns.Add(this);
            }
            catch (InvalidOperationException) // the server ends, and the last words of a check are still to be said
            {
                ThreadPool.UnsafeQueueUserWorkItem(static lane => lane.RunOne(), this, preferLocal: false);
            }
        }
    }
}
