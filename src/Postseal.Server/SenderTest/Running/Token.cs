using System.Security.Cryptography;

namespace Postseal.Server.SenderTest.Running;

/// <summary>A local part that nobody guesses: 128 random bits in 26 letters and digits, which no mail server changes.</summary>
internal static class Token
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int Length = 26; // 5 bits each

    public static string New() => RandomNumberGenerator.GetString(Alphabet, Length);
}
