namespace Postseal.Server.Hosting;

/// <summary>Why nothing was begun: what is used up.</summary>
public enum Scarce
{
    /// <summary>The checks that one client may start in a minute.</summary>
    ChecksOfClient,

    /// <summary>The checks that the network around a client may start in a minute.</summary>
    ChecksOfNetwork,

    /// <summary>The checks that all clients together may start in a minute.</summary>
    ChecksOfAll,

    /// <summary>The checks of one client that may run or wait at a time.</summary>
    AtATime,

    /// <summary>The places of those that wait.</summary>
    Queue,
}

/// <summary>Nothing was begun.</summary>
/// <param name="What">What is used up.</param>
/// <param name="RetryAfter">When to ask again.</param>
public sealed record Refusal(Scarce What, TimeSpan RetryAfter);
