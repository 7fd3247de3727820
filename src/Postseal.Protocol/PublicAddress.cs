using System.Net;

namespace Postseal.Protocol;

/// <summary>Tells public Internet addresses from those that outbound connections must not reach (standard.md 8461-3.3-17).</summary>
public static class PublicAddress
{
    /// <summary>False for loopback, private, link-local, CGNAT, multicast, documentation, reserved and unspecified addresses, and for IPv6 forms
    /// that carry such an IPv4 address (mapped, NAT64, 6to4, Teredo).</summary>
    public static bool IsPublic(IPAddress address) => throw new NotSupportedException();
}
