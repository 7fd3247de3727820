using System.Security.Cryptography.X509Certificates;

namespace Postseal.Smtp.Probe;

/// <summary>How to probe. Time limits have defaults; tests shorten them.</summary>
public sealed record ProbeOptions
{
    /// <summary>Trusted roots: the system's and any from <c>--ca-file</c>; asked for at the first certificate.</summary>
    public required Lazy<X509Certificate2Collection> Roots { get; init; }

    /// <summary>Whether loopback, private, link-local … addresses may be connected to.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>The TCP port: 25 outside labs.</summary>
    public int Port { get; init; } = 25;

    /// <summary>The name given in EHLO.</summary>
    public required string EhloName { get; init; }

    /// <summary>Also open a session without SNI, and one that offers only TLS 1.0/1.1, one after the other; not done after a slow greeting.</summary>
    public bool CompareVariants { get; init; } = true;

    /// <summary>TCP connect.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Patience with slow greeters; after this the result is unknown (standard.md 5321-4.5.3.2-1).</summary>
    public TimeSpan GreetingTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Each later reply and the handshake.</summary>
    public TimeSpan StepTimeout { get; init; } = TimeSpan.FromSeconds(20);
}
