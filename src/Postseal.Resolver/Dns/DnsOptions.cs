using System.Net;

namespace Postseal.Resolver.Dns;

/// <summary>Which resolvers to ask, how long to wait, and whether to believe them about DNSSEC.</summary>
public sealed record DnsOptions
{
    /// <summary>Recursive resolvers, asked in this order; not empty.</summary>
    public required IReadOnlyList<IPEndPoint> Servers { get; init; }

    /// <summary>Whether the AD bit of an answer counts.</summary>
    public DnssecTrust Trust { get; init; }

    /// <summary>The system's resolv.conf, where <see cref="Servers"/> come from, says <c>trust-ad</c>.</summary>
    public bool TrustAdOption { get; init; }

    /// <summary>Patience with one resolver before the next one, or the same one again, is asked.</summary>
    public TimeSpan TryTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Rounds through all resolvers: a lost datagram must not decide (RFC 1035 §4.2.1 leaves retries to the client).</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>The whole time one question may take, CNAMEs and retries included.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>True when the AD bit may be believed: whoever relies on another's validation needs a secure path to it (RFC 6698 §4.1).</summary>
    public bool BelievesAd =>
        Trust switch
        {
            DnssecTrust.Yes => true,
            DnssecTrust.No => false,
            _ => TrustAdOption || Servers.All(s => IPAddress.IsLoopback(s.Address)),
        };

    /// <summary>The system's resolvers with everything at its default.</summary>
    public static DnsOptions FromSystem()
    {
        var system = SystemResolvers.Read();
        return new() { Servers = system.Servers, TrustAdOption = system.TrustAd };
    }
}

/// <summary>Whether a resolver's AD bit counts as DNSSEC validation.</summary>
public enum DnssecTrust
{
    /// <summary>Only when every resolver is on loopback, or resolv.conf says <c>trust-ad</c>.</summary>
    Auto,

    /// <summary>Always: the operator vouches for the path to the resolver.</summary>
    Yes,

    /// <summary>Never: every answer counts as insecure.</summary>
    No,
}
