using System.Net;

namespace Postseal.Lab.Connections;

/// <summary>
/// All connections of a port. When it is full, the one of the network that has most makes room which has been idle the longest: who floods pushes out himself.
/// Where one client, or the network around it, may have so many and no more, its own idle ones make room before that. What is busy is never ended for
/// another: where nothing is idle, who comes is turned away.
/// </summary>
/// <param name="limits">How many at a time.</param>
public sealed class Crowd(CrowdLimits limits)
{
    private readonly Lock _changing = new();
    private readonly Dictionary<ClientKey, Group> _clients = [];
    private readonly Dictionary<ClientKey, Group> _networks = [];
    private int _count;

    /// <summary>A crowd in which only the number of all is bounded.</summary>
    /// <param name="most">Connections at a time.</param>
    public Crowd(int most)
        : this(new CrowdLimits(most, most, most)) { }

    /// <summary>Connections now.</summary>
    public int Count
    {
        get
        {
            lock (_changing)
                return _count;
        }
    }

    /// <summary>Takes a place, if need be another's; false when there is none to be had.</summary>
    public bool Enter(IPAddress? client, CrowdMember member)
    {
        var key = ClientKey.Of(client);
        lock (_changing)
        {
            var own = Of(_clients, key);
            var network = Of(_networks, key.Network);
            if (!HasRoom(own, limits.OfClient) || !HasRoom(network, limits.OfNetwork) || (_count >= limits.Most && !MakeRoom()))
            {
                Forget(_clients, key, own);
                Forget(_networks, key.Network, network);
                return false;
            }

            // Whoever made room may have been the last of these.
            Add(member, key, isBusy: false);
            return true;
        }
    }

    /// <summary>Takes a place for somebody who is trusted, such as our own proxy: no limit but that of all, and never ended for another.</summary>
    public bool EnterTrusted(CrowdMember member)
    {
        lock (_changing)
        {
            if (_count >= limits.Most && !MakeRoom())
                return false;

            Add(member, default, isBusy: true);
            return true;
        }
    }

    /// <summary>Something is done for it: from now on it is not idle.</summary>
    public void Begin(CrowdMember member)
    {
        lock (_changing)
        {
            if (member.Seat is { } seat)
                seat.Leave();
        }
    }

    /// <summary>It is idle again.</summary>
    public void End(CrowdMember member)
    {
        lock (_changing)
        {
            if (member.Seat is { IsTrusted: false } seat)
                seat.Wait();
        }
    }

    /// <summary>Gives the place back, unless it was taken away.</summary>
    public void Leave(CrowdMember member)
    {
        lock (_changing)
            Remove(member);
    }

    private static Group Of(Dictionary<ClientKey, Group> groups, ClientKey key)
    {
        if (!groups.TryGetValue(key, out var group))
            groups.Add(key, group = new());

        return group;
    }

    private static void Forget(Dictionary<ClientKey, Group> groups, ClientKey key, Group group)
    {
        if (group.Count == 0)
            groups.Remove(key);
    }

    private void Add(CrowdMember member, ClientKey key, bool isBusy)
    {
        var seat = new Seat(member, key, Of(_clients, key), Of(_networks, key.Network), isBusy);
        (member.Seat, _count) = (seat, _count + 1);
        seat.Client.Count++;
        seat.Network.Count++;
        if (!isBusy)
            seat.Wait();
    }

    private bool HasRoom(Group group, int most) => group.Count < most || EvictFirst(group);

    private bool MakeRoom() =>
        _networks.Values.Where(g => g.Idle.Count > 0).MaxBy(g => g.Count) is { } largest && EvictFirst(largest);

    private bool EvictFirst(Group group)
    {
        if (group.Idle.First is not { Value: var oldest })
            return false;

        Remove(oldest);
        oldest.Evict();
        return true;
    }

    private void Remove(CrowdMember member)
    {
        if (member.Seat is not { } seat)
            return;

        seat.Leave();
        (member.Seat, _count) = (null, _count - 1);
        seat.Client.Count--;
        seat.Network.Count--;
        Forget(_clients, seat.Key, seat.Client);
        Forget(_networks, seat.Key.Network, seat.Network);
    }

    /// <summary>Connections of one client or network; the idle ones in the order in which they became so.</summary>
    internal sealed class Group
    {
        public int Count;
        public readonly LinkedList<CrowdMember> Idle = [];
    }

    /// <summary>Where one member stands.</summary>
    internal sealed class Seat(CrowdMember member, ClientKey key, Group client, Group network, bool isTrusted)
    {
        private readonly LinkedListNode<CrowdMember> _ofClient = new(member);
        private readonly LinkedListNode<CrowdMember> _ofNetwork = new(member);

        public ClientKey Key => key;
        public Group Client => client;
        public Group Network => network;
        public bool IsTrusted => isTrusted;

        public void Wait()
        {
            if (_ofClient.List is not null)
                return;

            client.Idle.AddLast(_ofClient);
            network.Idle.AddLast(_ofNetwork);
        }

        public void Leave()
        {
            if (_ofClient.List is null)
                return;

            client.Idle.Remove(_ofClient);
            network.Idle.Remove(_ofNetwork);
        }
    }
}

/// <summary>How many connections at a time.</summary>
/// <param name="Most">Of all.</param>
/// <param name="OfClient">Of one client.</param>
/// <param name="OfNetwork">Of the network around it.</param>
public sealed record CrowdLimits(int Most, int OfClient, int OfNetwork);
