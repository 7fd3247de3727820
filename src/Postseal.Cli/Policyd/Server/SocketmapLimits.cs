namespace Postseal.Cli.Policyd.Server;

/// <summary>What a client may cost.</summary>
internal sealed record SocketmapLimits
{
    /// <summary>The longest request; Postfix sends none that is longer (its own limit for a query, 3.12).</summary>
    public int MaxRequestBytes { get; init; } = 10_000;

    /// <summary>Connections at one time. Postfix opens one for each smtp(8) process, 100 by default. One more closes the one that has been idle
    /// longest: Postfix silently tries a closed connection again.</summary>
    public int MaxConnections { get; init; } = 2000;

    /// <summary>A connection without a request for so long is closed. Postfix closes after 10 s idle and 100 s of life; Sendmail keeps longer.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A request that is begun must be whole after this: it is one small write of a program on the same network.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A client that takes nothing of its answers for so long is gone; Postfix itself waits at most 100 s for anything.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How long a refused client's further bytes are thrown away before its connection is closed. Closing with bytes unread would
    /// reset the connection, and the client would never read why it was refused (RFC 1122 §4.2.2.13).</summary>
    public TimeSpan LingerTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often the time limits are looked at, and how long a server that is out of descriptors waits before it accepts again.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(1);
}
