namespace Postseal.Lab.Tls;

/// <summary>A handshake that came about.</summary>
/// <param name="Stream">The plain text side.</param>
/// <param name="Sni">The name the client asked for; null if it named none.</param>
/// <param name="Protocol">As OpenSSL writes it, such as <c>TLSv1.3</c>.</param>
/// <param name="Cipher">The name in IANA's registry; null if it is not known.</param>
internal sealed record TlsSession(Stream Stream, string? Sni, string Protocol, string? Cipher) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
