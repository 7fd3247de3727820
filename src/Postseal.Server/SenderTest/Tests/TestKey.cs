using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Postseal.Server.SenderTest.Tests;

/// <summary>What opens the page of a test: 128 random bits. The mailbox of the test is made from it and does not lead back, as it stands in the logs
/// of the sender under test, and whoever reads those shall not be able to read or delete the test.</summary>
public static class TestKey
{
    /// <summary>Characters of a key and of a mailbox: 5 bits each.</summary>
    public const int Length = 26;

    // RFC 4648 §6, lower case: no mail server changes it, and no letter is taken for a digit.
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    private static readonly SearchValues<char> Letters = SearchValues.Create(Alphabet);

    // Keeps this use of the hash apart from any other.
    private const string Purpose = "postseal sender-test mailbox:";

    /// <summary>A key that nobody has had before.</summary>
    public static string New() => Text(RandomNumberGenerator.GetBytes(Length));

    /// <summary>Whether a text has the form of a key.</summary>
    public static bool IsOne(string text) => text.Length == Length && !text.AsSpan().ContainsAnyExcept(Letters);

    /// <summary>The local part of the addresses of a test.</summary>
    public static string Mailbox(string key) => Text(SHA256.HashData(Encoding.UTF8.GetBytes(Purpose + key)).AsSpan(0, Length));

    // Five bits of each byte.
    private static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(Length);
        foreach (var b in bytes)
            text.Append(Alphabet[b & 31]);

        return text.ToString();
    }
}
