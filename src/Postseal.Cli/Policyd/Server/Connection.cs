namespace Postseal.Cli.Policyd.Server;

/// <summary>What a connection is in the middle of, as far as limits care.</summary>
internal enum Phase
{
    /// <summary>Nothing begun, nothing owed.</summary>
    Waiting,

    /// <summary>A request is begun.</summary>
    Receiving,

    /// <summary>A look-up is under way; what the client sends meanwhile is not read.</summary>
    Answering,

    /// <summary>Answers wait for the client to take them; what it sends meanwhile is not read.</summary>
    Sending,

    /// <summary>We said our last word; what still comes is thrown away until the client closes.</summary>
    Lingering,
}

/// <summary>One client, as the <see cref="ConnectionTable"/> sees it.</summary>
internal abstract class Connection
{
    protected Connection() => Place = new(this);

    public Phase Phase { get; private set; }

    /// <summary>Timestamp of the clock at which the phase began or last got on.</summary>
    public long Since { get; private set; }

    /// <summary>Its place in the order of the last activity: a node of its own, so that moving allocates nothing.</summary>
    internal LinkedListNode<Connection> Place { get; }

    /// <summary>Ends the connection at once.</summary>
    public abstract void Cut();

    internal void Enter(Phase phase, long now)
    {
        Phase = phase;
        Since = now;
    }
}
