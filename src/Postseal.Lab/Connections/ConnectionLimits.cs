namespace Postseal.Lab.Connections;

/// <summary>What one port gives to those who connect.</summary>
/// <param name="Most">Connections at a time.</param>
/// <param name="IdleTime">The longest wait for the client's next command.</param>
/// <param name="SessionTime">The longest connection, whatever it does.</param>
internal sealed record ConnectionLimits(int Most, TimeSpan IdleTime, TimeSpan SessionTime);
