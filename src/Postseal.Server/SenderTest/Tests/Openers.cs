using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>Tells clients apart that open tests, and the networks around them, without keeping their addresses: hashes with a key of this database. Whoever has the database has the
/// key, too, and can try all addresses; whoever has a test of it only, cannot.</summary>
/// <param name="secret">Of the database, the same for ever.</param>
internal sealed class Openers(byte[] secret)
{
    /// <summary>The name of the secret in the store.</summary>
    public const string Name = "sender-test openers";

    // Half for the client, half for its network: 128 bits tell more apart than there are.
    private const int Half = 32;

    /// <summary>A secret that nobody has had before, as text.</summary>
    public static string New() => Convert.ToHexString(RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes));

    /// <summary>The name of a client with its network.</summary>
    public string Of(ClientKey client) =>
        Hash(client, client.IsV6 ? (byte)6 : (byte)4) + Hash(client.Network, (byte)client.Network.Bits);

    /// <summary>Whether two names are of one client.</summary>
    public static bool IsSameClient(string? one, string? other) =>
        one is not null && other is not null && one.AsSpan(0, Half).SequenceEqual(other.AsSpan(0, Half));

    /// <summary>Whether two names are of one network.</summary>
    public static bool IsSameNetwork(string? one, string? other) =>
        one is not null && other is not null && one.AsSpan(Half).SequenceEqual(other.AsSpan(Half));

    private string Hash(ClientKey key, byte kind)
    {
        Span<byte> bytes = stackalloc byte[1 + sizeof(ulong)];
        bytes[0] = kind;
        BinaryPrimitives.WriteUInt64BigEndian(bytes[1..], key.Prefix);
        return Convert.ToHexString(HMACSHA256.HashData(secret, bytes))[..Half];
    }
}
