using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Postseal.Server.Hosting;

/// <summary>Who shares one budget: an IPv4 address, or an IPv6 network of 64 bits, which is what one customer gets at the least.</summary>
/// <param name="IsV6">Which of the two.</param>
/// <param name="Prefix">The address or the upper half of it.</param>
internal readonly record struct ClientKey(bool IsV6, ulong Prefix)
{
    /// <summary>The key of an address; connections without one (a UNIX socket) are one client.</summary>
    public static ClientKey Of(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        if (address is null)
            return default;

        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();

        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new(true, BinaryPrimitives.ReadUInt64BigEndian(bytes))
            : new(false, BinaryPrimitives.ReadUInt32BigEndian(bytes));
    }
}
