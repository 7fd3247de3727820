using System.Net;

namespace Postseal.Lab.Connections;

/// <summary>All connections of a port. When it is full, the oldest of the client that has most makes room: who floods pushes out himself.</summary>
internal sealed class Crowd(int most)
{
    private readonly Lock _changing = new();
    private readonly Dictionary<IPAddress, LinkedList<Patience>> _ofClient = [];
    private int _count;

    /// <summary>Takes a place, if need be another's.</summary>
    public void Enter(IPAddress client, Patience patience)
    {
        lock (_changing)
        {
            if (_count == most)
                MakeRoom();
            if (!_ofClient.TryGetValue(client, out var own))
                _ofClient.Add(client, own = []);
            own.AddLast(patience);
            _count++;
        }
    }

    /// <summary>Gives the place back, unless it was taken away.</summary>
    public void Leave(IPAddress client, Patience patience)
    {
        lock (_changing)
        {
            if (_ofClient.TryGetValue(client, out var own) && own.Remove(patience))
                Forget(client, own);
        }
    }

    private void MakeRoom()
    {
        var (client, own) = _ofClient.MaxBy(c => c.Value.Count);
        var oldest = own.First!.Value;
        own.RemoveFirst();
        Forget(client, own);
        oldest.Evict();
    }

    private void Forget(IPAddress client, LinkedList<Patience> own)
    {
        _count--;
        if (own.Count == 0)
            _ofClient.Remove(client);
    }
}
