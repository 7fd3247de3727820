using Postseal.Lab.Watching;

namespace Postseal.Server.SenderTest.Running;

/// <summary>Keeps what the lab sees, in order, for one reader.</summary>
internal sealed class Watch
{
    private const int Most = 1_000_000; // some 200 MB; a run sees a few thousand

    private readonly Lock _gate = new();
    private readonly List<Observation> _seen = [];

    /// <summary>Called by the lab, from any of its sessions.</summary>
    public void See(Observation observation)
    {
        lock (_gate)
        {
            if (_seen.Count < Most)
                _seen.Add(observation);
        }
    }

    /// <summary>What came after the first <paramref name="count"/>.</summary>
    public IReadOnlyList<Observation> After(int count)
    {
        lock (_gate)
            return _seen.Count == count ? [] : _seen[count..];
    }
}
