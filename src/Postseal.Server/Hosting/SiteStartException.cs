namespace Postseal.Server.Hosting;

/// <summary>The server cannot start, for a reason that its operator can mend; the message is a sentence for them.</summary>
public sealed class SiteStartException(string message, Exception? inner = null) : Exception(message, inner);
