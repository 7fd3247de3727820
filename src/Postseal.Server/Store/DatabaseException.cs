namespace Postseal.Server.Store;

/// <summary>The database cannot be used; the message says to an operator why and what to do.</summary>
public sealed class DatabaseException(string message, Exception? cause) : Exception(message, cause);
