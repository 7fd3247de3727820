using System.Net;
using System.Net.Sockets;

namespace Postseal.Protocol;

/// <summary>Tells public Internet addresses from those that outbound connections must not reach (standard.md 8461-3.3-17).</summary>
public static class PublicAddress
{
    // IANA IPv4 and IPv6 Special-Purpose Address Registries, with multicast and the reserved ranges. Blocks that the registries call
    // globally reachable inside a refused one (192.0.0.9, 192.0.0.10, parts of 2001::/23) hold no mail or web servers.
    private static readonly IPNetwork[] Refused4 =
    [
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.0.0.0/24"),
        IPNetwork.Parse("192.0.2.0/24"),
        IPNetwork.Parse("192.88.99.0/24"),
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("198.18.0.0/15"),
        IPNetwork.Parse("198.51.100.0/24"),
        IPNetwork.Parse("203.0.113.0/24"),
        IPNetwork.Parse("224.0.0.0/4"),
        IPNetwork.Parse("240.0.0.0/4"),
    ];

    // The only IPv6 space that IANA has given out for unicast. Loopback, unspecified, 64:ff9b:1::/48, 100::/64, 5f00::/16, fc00::/7,
    // fe80::/10, fec0::/10 and ff00::/8 lie outside it.
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] Refused6 =
    [
        IPNetwork.Parse("2001::/23"), // protocol assignments, Teredo and ORCHID among them
        IPNetwork.Parse("2001:db8::/32"),
        IPNetwork.Parse("3fff::/20"),
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    /// <summary>False for loopback, private, link-local, CGNAT, multicast, documentation, reserved and unspecified addresses, for Teredo, and for IPv6
    /// forms that carry such an IPv4 address (mapped, NAT64, 6to4).</summary>
    public static bool IsPublic(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return !Refused4.Any(n => n.Contains(address));

        if (Carried(address) is { } inner)
            return IsPublic(inner);

        return GlobalUnicast.Contains(address) && !Refused6.Any(n => n.Contains(address));
    }

    private static IPAddress? Carried(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();

        if (Nat64.Contains(address))
            return new IPAddress(address.GetAddressBytes().AsSpan(12, 4)); // RFC 6052 §2.2

        return SixToFour.Contains(address) ? new IPAddress(address.GetAddressBytes().AsSpan(2, 4)) : null; // RFC 3056 §2
    }
}
