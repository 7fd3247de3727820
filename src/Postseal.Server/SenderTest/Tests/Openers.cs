using System.Buffers.Binary;
using System.Security.Cryptography;
using Postseal.Server.Hosting;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>Tells clients apart that open tests, without keeping their addresses: a hash with a key of this database. Whoever has the database has the
/// key, too, and can try all addresses; whoever has a test of it only, cannot.</summary>
/// <param name="secret">Of the database, the same for ever.</param>
internal sealed class Openers(byte[] secret)
{
    /// <summary>The name of the secret in the store.</summary>
    public const string Name = "sender-test openers";

    /// <summary>A secret that nobody has had before, as text.</summary>
    public static string New() => Convert.ToHexString(RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes));

    /// <summary>The name of a client.</summary>
    public string Of(ClientKey client)
    {
        Span<byte> bytes = stackalloc byte[1 + sizeof(ulong)];
        bytes[0] = client.IsV6 ? (byte)6 : (byte)4;
        BinaryPrimitives.WriteUInt64BigEndian(bytes[1..], client.Prefix);
        return Convert.ToHexString(HMACSHA256.HashData(secret, bytes));
    }
}
