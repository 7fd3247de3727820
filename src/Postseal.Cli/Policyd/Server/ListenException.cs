namespace Postseal.Cli.Policyd.Server;

/// <summary>An address cannot be listened on. The message is a sentence for the operator that says what to do.</summary>
internal sealed class ListenException(string message, Exception? cause = null) : Exception(message, cause);
