using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Postseal.Lab.Connections;

/// <summary>Who shares one limit: an IPv4 address, or an IPv6 network of 64 bits, which is what one customer gets at the least; or the network around either,
/// which one owner may have as a whole.</summary>
/// <param name="IsV6">Which of the two.</param>
/// <param name="Prefix">The address, or its upper half; of a network the bits that count, the others 0.</param>
/// <param name="Bits">How many bits count.</param>
public readonly record struct ClientKey(bool IsV6, ulong Prefix, int Bits)
{
    /// <summary>How many times the share of one client the network around it has. A company or a provider that shares addresses has many people behind
    /// one network; who owns a whole one has 256 addresses or 65,536 networks of 64 bits, and must not count so often.</summary>
    public const int NetworkShare = 4;

    private const int V4Bits = 32;
    private const int V6Bits = 64;

    // What is handed out as a whole: the smallest routed network of IPv4, and what a site gets of IPv6 (RFC 6177).
    private const int V4Network = 24;
    private const int V6Network = 48;

    private const ulong Loopback = 127;

    /// <summary>The key of an address; connections without one (a UNIX socket) are one client.</summary>
    public static ClientKey Of(IPAddress? address)
    {
        if (address is null)
            return default;

        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();

        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new(true, BinaryPrimitives.ReadUInt64BigEndian(bytes), V6Bits)
            : new(false, BinaryPrimitives.ReadUInt32BigEndian(bytes), V4Bits);
    }

    /// <summary>The network around a client: 24 bits of IPv4, 48 of IPv6. What has none (loopback, a UNIX socket, a network already) is its own.</summary>
    public ClientKey Network =>
        (IsV6, Bits) switch
        {
            (true, V6Bits) => new(true, Prefix & (ulong.MaxValue << (V6Bits - V6Network)), V6Network),
            (false, V4Bits) when Prefix >> (V4Bits - 8) != Loopback => new(
                false,
                Prefix & (ulong.MaxValue << (V4Bits - V4Network)),
                V4Network
            ),
            _ => this,
        };
}
