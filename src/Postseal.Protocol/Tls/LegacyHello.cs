namespace Postseal.Protocol.Tls;

/// <summary>A bare ClientHello for TLS 1.0 and 1.1 and the reading of its answer, so that old servers can be told from broken ones without lowering our own TLS floor (RFC 8996).</summary>
public static class LegacyHello
{
    /// <summary>A ClientHello record that offers at most TLS 1.1, with SNI when a host is given.</summary>
    public static byte[] Render(DomainName? host) => throw new NotSupportedException();

    /// <summary>Reads the first bytes of the server's answer: <c>TLSv1</c> or <c>TLSv1.1</c> when it would go on, null when it refuses or speaks something else.</summary>
    public static string? AcceptedVersion(ReadOnlySpan<byte> answer) => throw new NotSupportedException();
}
