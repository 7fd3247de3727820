namespace Postseal.Cli.Policyd.Store;

/// <summary>The policy store cannot be opened at all. The message is one sentence, without a final stop, for the operator.</summary>
internal sealed class StoreException(string message, Exception? cause = null) : Exception(message, cause);
