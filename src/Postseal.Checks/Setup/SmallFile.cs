using Postseal.Protocol;

namespace Postseal.Checks.Setup;

/// <summary>A configuration file as bytes.</summary>
public static class SmallFile
{
    /// <summary>Reads a file up to a bound; or says why it cannot be read.</summary>
    public static (byte[]? Bytes, string? Problem) Read(string path, int maxBytes)
    {
        var name = PrintableText.Of(path, 200);
        try
        {
            using var stream = File.OpenRead(path);
            var buffer = new byte[maxBytes + 1]; // one more, to see that there is more
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length > maxBytes
                ? (null, $"{name}: the file is larger than {Size(maxBytes)}")
                : (buffer.AsSpan(0, length).ToArray(), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            var reason =
                e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file"
                : Directory.Exists(path) ? "it is a folder"
                : PrintableText.Of(e.Message, 300); // quotes the path
            return (null, $"cannot read '{name}': {reason}");
        }
    }

    private static string Size(int bytes) => bytes >= 1024 * 1024 ? $"{bytes / 1024 / 1024} MiB" : $"{bytes / 1024} KiB";
}
