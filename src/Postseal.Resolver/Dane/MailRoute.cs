using Postseal.Resolver.Mx;

namespace Postseal.Resolver.Dane;

/// <summary>Where a domain's mail goes, and what DANE says of each host.</summary>
/// <param name="Mx">The MX look-up.</param>
/// <param name="Hosts">Hosts in order of preference with their TLSA look-ups, as many as are looked at.</param>
/// <param name="IsComplete">False when there are more hosts than are looked at.</param>
/// <param name="AskedAt">When.</param>
/// <param name="GoodUntil">Until then it is not asked again.</param>
public sealed record MailRoute(
    MxLookup Mx,
    IReadOnlyList<(MxHost Host, DaneLookup Dane)> Hosts,
    bool IsComplete,
    DateTimeOffset AskedAt,
    DateTimeOffset GoodUntil
)
{
    /// <summary>The MX RRset is DNSSEC-secure.</summary>
    public bool IsSecure => Mx is MxLookup.Hosts { Secure: true };
}
