namespace Postseal.Lab.Connections;

/// <summary>A connection that has a place in a <see cref="Crowd"/>.</summary>
public abstract class CrowdMember
{
    /// <summary>Ends the connection, soon: its place is taken already. Called under a lock, from any thread: it neither waits nor throws.</summary>
    public abstract void Evict();

    // Where it stands; of the crowd, under its lock.
    internal Crowd.Seat? Seat { get; set; }
}
