namespace Postseal.Resolver.Roots;

/// <summary>The operator's file of roots is unusable. The message is one sentence, without a final stop, for the operator.</summary>
public sealed class TrustRootsException(string message, Exception? cause = null) : Exception(message, cause);
