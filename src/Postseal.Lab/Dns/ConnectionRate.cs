namespace Postseal.Lab.Dns;

/// <summary>Bounds the connections of a server that is told when a client comes, and not when it leaves. A silent one is hung up on after some time: those that
/// came in that time are the most that can be there.</summary>
/// <param name="most">In that time.</param>
/// <param name="time">How long a silent one stays.</param>
internal sealed class ConnectionRate(int most, TimeSpan time, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Queue<long> _came = new();

    /// <summary>Whether one more may come now.</summary>
    public bool Admits()
    {
        lock (_gate)
        {
            while (_came.TryPeek(out var oldest) && clock.GetElapsedTime(oldest) >= time)
                _came.Dequeue();

            if (_came.Count == most)
                return false;

            _came.Enqueue(clock.GetTimestamp());
            return true;
        }
    }
}
