using System.Security.Cryptography;
using System.Text;
using Postseal.Checks.Setup;
using Postseal.Protocol;

namespace Postseal.Cli.Policyd.Configuration;

/// <summary>A secret that lets commands pass on the status server. Only its digest is kept, and that is compared in a time that tells nothing.</summary>
internal sealed class AccessToken
{
    // What nobody guesses; a line of base64 from "openssl rand -base64 32" has 44.
    private const int MinLength = 32;
    private const int MaxBytes = 1024; // of the file

    private readonly byte[] _digest;

    private AccessToken(string text) => _digest = Digest(text);

    /// <summary>Reads the file; null and what is wrong with it otherwise.</summary>
    public static (AccessToken? Token, string? Problem) Read(string path)
    {
        var name = PrintableText.Of(path, 200);
        if (!OperatingSystem.IsWindows() && File.Exists(path) && (File.GetUnixFileMode(path) & Others) != 0)
            return (null, $"'{name}' may be read by every user of this host: chmod 0640 it, with the daemon's group");

        var (bytes, problem) = SmallFile.Read(path, MaxBytes);
        if (bytes is null)
            return (null, problem);

        var text = Encoding.Latin1.GetString(bytes).Trim();
        return text.Length >= MinLength && !text.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? (new(text), null)
            : (
                null,
                $"'{name}' holds no token: one line of at least {MinLength} printable characters, such as 'openssl rand -base64 32' gives"
            );
    }

    /// <summary>True for the same text.</summary>
    public bool Is(string text) => CryptographicOperations.FixedTimeEquals(_digest, Digest(text));

    /// <summary>The digest, for comparing two configurations.</summary>
    public override string ToString() => Convert.ToHexString(_digest);

    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
