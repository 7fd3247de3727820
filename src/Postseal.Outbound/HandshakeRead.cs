using System.Threading.Tasks.Sources;

namespace Postseal.Outbound;

/// <summary>
/// A read whose awaiter always goes on on one of the <see cref="HandshakeThreads"/>. A task would not do: one that has ended before anybody awaits it is no
/// reason to leave the thread, and bytes that come fast would be worked on wherever they were asked for.
/// </summary>
/// <param name="read">The read, and the wait for a turn.</param>
/// <param name="begin">Is called there, before the bytes are worked on; may refuse by an exception.</param>
internal sealed class HandshakeRead(Task<int> read, Action begin) : IValueTaskSource<int>
{
    private bool _isThere;

    /// <summary>Not done before it is there.</summary>
    public ValueTaskSourceStatus GetStatus(short token) =>
        !_isThere ? ValueTaskSourceStatus.Pending
        : read.IsCompletedSuccessfully ? ValueTaskSourceStatus.Succeeded
        : ValueTaskSourceStatus.Faulted;

    /// <summary>How many bytes.</summary>
    public int GetResult(short token)
    {
        var count = read.GetAwaiter().GetResult();
        begin();
        return count;
    }

    /// <summary>Takes the awaiter there, once there is something to do.</summary>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _ = GoOnAsync(continuation, state);

    private async Task GoOnAsync(Action<object?> continuation, object? state)
    {
        await ((Task)read).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // GetResult throws it
        await HandshakeThreads.Enter();
        _isThere = true;
        continuation(state);
    }
}
