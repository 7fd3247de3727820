namespace Postseal.Server.Hosting;

/// <summary>How much of something each may have at a time. Who has none is not remembered.</summary>
/// <param name="each">At least 1.</param>
internal sealed class Seats<TKey>(int each)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, int> _taken = [];

    /// <summary>Those who have some now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _taken.Count;
        }
    }

    /// <summary>Takes one; false when there are as many as may be.</summary>
    public bool TryTake(TKey key)
    {
        lock (_gate)
        {
            var taken = _taken.GetValueOrDefault(key);
            if (taken >= each)
                return false;

            _taken[key] = taken + 1;
            return true;
        }
    }

    /// <summary>Gives one back.</summary>
    public void Release(TKey key)
    {
        lock (_gate)
        {
            if (_taken[key] == 1)
                _taken.Remove(key);
            else
                _taken[key]--;
        }
    }
}
