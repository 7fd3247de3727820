namespace Postseal.Server.SenderTest.Tests;

/// <summary>The room for observations that tests share beyond what each has for itself.</summary>
/// <param name="bytes">How much there is.</param>
internal sealed class TestSpace(long bytes = TestLimits.SharedBytes)
{
    private long _free = bytes;

    /// <summary>Bytes that nobody has.</summary>
    public long Free => Interlocked.Read(ref _free);

    /// <summary>Takes some; false when there is not as much.</summary>
    public bool TryTake(long wanted)
    {
        if (Interlocked.Add(ref _free, -wanted) >= 0)
            return true;

        GiveBack(wanted);
        return false;
    }

    /// <summary>Takes what is in use in any case.</summary>
    public void Take(long used) => Interlocked.Add(ref _free, -used);

    /// <summary>Gives some back.</summary>
    public void GiveBack(long taken) => Interlocked.Add(ref _free, taken);
}
