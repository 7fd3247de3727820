namespace Postseal.SystemTests.Servers;

/// <summary>Waits for what comes about by itself and tells nobody.</summary>
public static class Until
{
    // Generous for a loaded machine.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    /// <summary>Looks again and again, until it is so or has not become so for a minute: then false.</summary>
    public static async Task<bool> IsSoAsync(Func<Task<bool>> isSo, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        while (!await isSo())
        {
            if (deadline.IsCancellationRequested)
                return false;

            await Task.Delay(Between, TimeProvider.System, ct);
        }

        return true;
    }
}
