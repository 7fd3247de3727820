using System.Diagnostics.CodeAnalysis;

namespace Postseal.Protocol.Socketmap;

/// <summary>One question of the socketmap protocol: <c>NAME SP KEY</c>, the payload of a netstring.</summary>
/// <param name="Map">The map name, never empty.</param>
/// <param name="Key">What is looked up: for a TLS policy map the next-hop destination.</param>
[SuppressMessage("Performance", "CA1815", Justification = "A ref struct is never compared.")]
public readonly ref struct SocketmapRequest(ReadOnlySpan<byte> Map, ReadOnlySpan<byte> Key)
{
    /// <summary>The map name, never empty.</summary>
    public ReadOnlySpan<byte> Map { get; } = Map;

    /// <summary>The key as sent: case not folded, UTF-8.</summary>
    public ReadOnlySpan<byte> Key { get; } = Key;

    /// <summary>Cuts the payload at its first space; false when there is none, or nothing before it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out SocketmapRequest request)
    {
        var space = payload.IndexOf((byte)' ');
        request = space > 0 ? new(payload[..space], payload[(space + 1)..]) : default;
        return space > 0;
    }
}
