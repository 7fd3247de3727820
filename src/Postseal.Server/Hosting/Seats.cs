namespace Postseal.Server.Hosting;

/// <summary>How much of something each client may have at a time, and how much the network around it. Who has none is not remembered.</summary>
/// <param name="each">At least 1.</param>
/// <param name="ofNetwork">Of all clients of one network together; at least <paramref name="each"/>.</param>
internal sealed class Seats(int each, int ofNetwork)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ClientKey, int> _taken = [];

    /// <summary>The network gets as many times the share of one client as everywhere.</summary>
    public Seats(int each)
        : this(each, each * ClientKey.NetworkShare) { }

    /// <summary>Clients and networks that have some now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _taken.Count;
        }
    }

    /// <summary>Takes one; false when the client or its network has as many as may be.</summary>
    public bool TryTake(ClientKey key)
    {
        var network = key.Network;
        lock (_gate)
        {
            if (_taken.GetValueOrDefault(key) >= each || _taken.GetValueOrDefault(network) >= ofNetwork)
                return false;

            Add(key, 1);
            if (network != key)
                Add(network, 1);
            return true;
        }
    }

    /// <summary>Gives one back.</summary>
    public void Release(ClientKey key)
    {
        var network = key.Network;
        lock (_gate)
        {
            Add(key, -1);
            if (network != key)
                Add(network, -1);
        }
    }

    private void Add(ClientKey key, int number)
    {
        var taken = _taken.GetValueOrDefault(key) + number;
        if (taken == 0)
            _taken.Remove(key);
        else
            _taken[key] = taken;
    }
}
