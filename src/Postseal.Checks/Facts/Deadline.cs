namespace Postseal.Checks.Facts;

/// <summary>One deadline over many steps: each step ends by it with a value that says so, only the caller's own cancellation throws.</summary>
internal static class Deadline
{
    public static async Task<T> RunAsync<T>(
        Func<CancellationToken, Task<T>> step,
        Func<T> onExpiry,
        CancellationToken expired,
        CancellationToken ct
    )
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(expired, ct);
        try
        {
            return await step(linked.Token);
        }
        catch (OperationCanceledException) when (expired.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return onExpiry();
        }
    }
}
