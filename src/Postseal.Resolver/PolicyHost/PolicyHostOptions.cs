using System.Security.Cryptography.X509Certificates;

namespace Postseal.Resolver.PolicyHost;

/// <summary>How policies are fetched. Time limits have the defaults of the standard; tests shorten them.</summary>
public sealed record PolicyHostOptions
{
    /// <summary>Trusted roots: the whole trust store.</summary>
    public required Lazy<X509Certificate2Collection> Roots { get; init; }

    /// <summary>Whether loopback, private, link-local … addresses may be connected to (standard.md 8461-3.3-17).</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>The TCP port: 443 outside labs.</summary>
    public int Port { get; init; } = 443;

    /// <summary>From the first DNS question to the last byte (RFC 8461 §3.3 suggests one minute).</summary>
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>One TCP connect; a dead address must leave time for the others.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
