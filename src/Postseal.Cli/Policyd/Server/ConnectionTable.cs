using System.Diagnostics;

namespace Postseal.Cli.Policyd.Server;

/// <summary>The open connections in the order of their last activity, and the limits on their number and time. Not safe for several threads at once.</summary>
internal sealed class ConnectionTable(SocketmapLimits limits, TimeProvider clock, SocketmapCounters counters)
{
    private readonly LinkedList<Connection> _byActivity = new();

    public int Count => _byActivity.Count;

    /// <summary>A copy, since whoever walks over it is about to close some.</summary>
    public IReadOnlyList<Connection> All => [.. _byActivity];

    public bool IsFull => Count >= limits.MaxConnections;

    /// <summary>The connection that has been idle longest: the one to close for a new one. A look-up under way is worth more than a new client; null when
    /// all have one.</summary>
    public Connection? LongestIdle()
    {
        for (var place = _byActivity.First; place is not null; place = place.Next)
        {
            if (place.Value.Phase != Phase.Answering)
                return place.Value;
        }

        return null;
    }

    public void Add(Connection connection)
    {
        connection.Enter(Phase.Waiting, clock.GetTimestamp());
        _byActivity.AddLast(connection.Place);
        counters.Opened();
    }

    public void Remove(Connection connection)
    {
        if (connection.Place.List is null)
            return;

        _byActivity.Remove(connection.Place);
        counters.Closed();
    }

    /// <summary>Notes that a connection got on, into this phase.</summary>
    public void Move(Connection connection, Phase phase, long now)
    {
        if (connection.Place.List is null)
            return;

        connection.Enter(phase, now);
        if (connection.Place.Next is null)
            return;

        _byActivity.Remove(connection.Place);
        _byActivity.AddLast(connection.Place);
    }

    /// <summary>Notes the end of a turn that needs more input. A request that is begun keeps the time of its first byte, however slowly it drips in.</summary>
    public void NeedsInput(Connection connection, bool isBegun, bool gotOn, long now)
    {
        if (!isBegun)
            Move(connection, Phase.Waiting, now);
        else if (gotOn || connection.Phase != Phase.Receiving)
            Move(connection, Phase.Receiving, now);
    }

    /// <summary>The connections whose time is over.</summary>
    public IReadOnlyList<Connection> Overdue(long now) =>
        [.. _byActivity.Where(c => clock.GetElapsedTime(c.Since, now) >= Limit(c.Phase))];

    private TimeSpan Limit(Phase phase) =>
        phase switch
        {
            Phase.Waiting => limits.IdleTimeout,
            Phase.Receiving => limits.RequestTimeout,
            Phase.Answering => TimeSpan.MaxValue, // the answer has a limit of its own
            Phase.Sending => limits.SendTimeout,
            Phase.Lingering => limits.LingerTimeout,
            _ => throw new UnreachableException(),
        };
}
