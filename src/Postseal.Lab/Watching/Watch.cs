namespace Postseal.Lab.Watching;

/// <summary>Whom to tell what is seen in the lab, and the clock to date it by.</summary>
internal sealed class Watch(Action<Observation>? observer, TimeProvider clock)
{
    /// <summary>The time.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>Tells the observer. What it throws is its own affair: the peer's session goes on.</summary>
    public void Tell(Func<Observation> seen)
    {
        if (observer is null)
            return;

        try
        {
            observer(seen());
        }
        catch (Exception)
        {
            // An observer that fails must not change what a sender under test sees.
        }
    }
}
