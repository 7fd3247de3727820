using System.Net;
using System.Net.Sockets;

namespace Postseal.Lab.Connections;

/// <summary>All connections of a port. When it is full, the oldest of the client that has most makes room: who floods pushes out himself. An IPv6 network of 64
/// bits is one client, as it is the least that one customer gets.</summary>
internal sealed class Crowd(int most)
{
    private const int IPv6NetworkBytes = 8;

    private readonly Lock _changing = new();
    private readonly Dictionary<IPAddress, LinkedList<Patience>> _ofNetwork = [];
    private int _count;

    /// <summary>Takes a place, if need be another's.</summary>
    public void Enter(IPAddress client, Patience patience)
    {
        lock (_changing)
        {
            if (_count == most)
                MakeRoom();
            var network = Network(client);
            if (!_ofNetwork.TryGetValue(network, out var own))
                _ofNetwork.Add(network, own = []);
            own.AddLast(patience);
            _count++;
        }
    }

    /// <summary>Gives the place back, unless it was taken away.</summary>
    public void Leave(IPAddress client, Patience patience)
    {
        lock (_changing)
        {
            var network = Network(client);
            if (_ofNetwork.TryGetValue(network, out var own) && own.Remove(patience))
                Forget(network, own);
        }
    }

    private static IPAddress Network(IPAddress client)
    {
        if (client.AddressFamily != AddressFamily.InterNetworkV6 || client.IsIPv4MappedToIPv6)
            return client;

        var bytes = client.GetAddressBytes();
        bytes.AsSpan(IPv6NetworkBytes).Clear();
        return new(bytes);
    }

    private void MakeRoom()
    {
        var (network, own) = _ofNetwork.MaxBy(c => c.Value.Count);
        var oldest = own.First!.Value;
        own.RemoveFirst();
        Forget(network, own);
        oldest.Evict();
    }

    private void Forget(IPAddress network, LinkedList<Patience> own)
    {
        _count--;
        if (own.Count == 0)
            _ofNetwork.Remove(network);
    }
}
