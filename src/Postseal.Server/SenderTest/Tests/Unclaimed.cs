using System.Net;
using Postseal.Lab.Watching;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>What nobody's is yet, in memory only: a sender names a test after it has done this and that. Bounded for each client and for all.</summary>
internal sealed class Unclaimed
{
    private readonly Lock _gate = new();

    // The same observations twice: oldest first of all, and oldest first of each client.
    private readonly LinkedList<Observation> _all = [];
    private readonly Dictionary<IPAddress, Queue<LinkedListNode<Observation>>> _ofClient = [];

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _all.Count;
        }
    }

    /// <summary>Keeps one; what is too much goes, the oldest first.</summary>
    public void Keep(IPAddress client, Observation observation)
    {
        lock (_gate)
        {
            if (_ofClient.TryGetValue(client, out var own) && own.Count == TestLimits.UnclaimedPerClient)
                DropFirst(client);
            else if (_all.Count == TestLimits.Unclaimed)
                DropFirst(_all.First!.Value.Client!);

            if (!_ofClient.TryGetValue(client, out own))
                _ofClient[client] = own = new();

            own.Enqueue(_all.AddLast(observation));
        }
    }

    /// <summary>Takes what a client did since a test was opened; what it did before may be another test's.</summary>
    public IReadOnlyList<Observation> Claim(IPAddress client, DateTimeOffset since)
    {
        lock (_gate)
        {
            if (!_ofClient.Remove(client, out var own))
                return [];

            var claimed = own.Where(n => n.Value.At >= since).ToList();
            foreach (var node in claimed)
                _all.Remove(node);

            if (claimed.Count < own.Count)
                _ofClient[client] = new(own.Where(n => n.Value.At < since));

            return [.. claimed.Select(n => n.Value)];
        }
    }

    /// <summary>Drops what is older than every test that might claim it.</summary>
    /// <param name="before">When the oldest of them was opened; null when there is none.</param>
    public void Forget(DateTimeOffset? before)
    {
        lock (_gate)
        {
            while (_all.First is { Value: var first } && (before is null || first.At < before))
                DropFirst(first.Client!);
        }
    }

    // The oldest of all is the oldest of its client.
    private void DropFirst(IPAddress client)
    {
        var own = _ofClient[client];
        _all.Remove(own.Dequeue());
        if (own.Count == 0)
            _ofClient.Remove(client);
    }
}
