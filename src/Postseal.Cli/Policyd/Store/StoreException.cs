namespace Postseal.Cli.Policyd.Store;

/// <summary>The policy store cannot be opened. The message is one sentence, without a final stop, for the operator.</summary>
internal sealed class StoreException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>True where the disk is at fault, which may become well by itself or by an operator: a full one, one that may not be written, a folder that is not there.
    /// Mail does not wait for that. False where another daemon has the store, or a newer one wrote it.</summary>
    public bool IsOfDisk { get; init; }
}
