using System.Net;
using System.Net.Sockets;

namespace Postseal.Outbound;

/// <summary>Addresses that count as one where politeness is concerned: whoever owns one of them owns the others, or suffers with them.</summary>
public static class Neighbourhood
{
    // RFC 4291 §2.5.4: the network part of a unicast address. One host can have every address of its /64.
    private const int NetworkBytes = 8;

    /// <summary>An IPv4 address itself, whichever way it is written; of an IPv6 address its /64.</summary>
    public static IPAddress Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes);
    }
}
