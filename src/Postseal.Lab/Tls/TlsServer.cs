using System.Net.Security;
using System.Security.Authentication;
using Postseal.Lab.Certificates;
using Postseal.Lab.Watching;

namespace Postseal.Lab.Tls;

/// <summary>The server's half of a handshake, good or bad.</summary>
internal static class TlsServer
{
    private const int ClientHelloBytes = 16 * 1024; // one TLS record (RFC 8446 §5.1)

    // Fatal alerts in a record of TLS 1.2 (RFC 8446 §6).
    private static readonly byte[] UnrecognizedNameAlert = [21, 3, 3, 0, 2, 2, 112];
    private static readonly byte[] HandshakeFailureAlert = [21, 3, 3, 0, 2, 2, 40];

    /// <summary>Null when the face breaks off on purpose. A handshake that does not come about is told of.</summary>
    /// <param name="host">Whose certificate is shown.</param>
    /// <exception cref="IOException">The client went away.</exception>
    /// <exception cref="AuthenticationException">The client refused.</exception>
    public static async Task<TlsSession?> AcceptAsync(
        Stream wire,
        TlsFace face,
        string host,
        Visit visit,
        LabAuthority authority,
        CancellationToken ct
    )
    {
        if (face.Break != TlsBreak.Never)
        {
            await BreakOffAsync(wire, face.Break, ct);
            visit.HandshakeFailed("The server broke the handshake off, as it should");
            return null;
        }
        try
        {
            return NeedsBouncyCastle(face)
                ? await BouncyTlsStream.AcceptAsync(wire, new BouncyServer(face, authority.Chain(face.Leaf, host)), ct)
                : await AcceptAsync(wire, face, host, authority, ct);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            visit.HandshakeFailed(e);
            throw;
        }
    }

    private static async Task<TlsSession> AcceptAsync(
        Stream wire,
        TlsFace face,
        string host,
        LabAuthority authority,
        CancellationToken ct
    )
    {
        var sni = "";
        var tls = new SslStream(wire, leaveInnerStreamOpen: true);
        try
        {
            await tls.AuthenticateAsServerAsync(
                (_, hello, _, _) => ValueTask.FromResult(Options(face, sni = hello.ServerName, host, authority)),
                null,
                ct
            );
            var version = tls.SslProtocol == SslProtocols.Tls13 ? "TLSv1.3" : "TLSv1.2"; // Options allows no other
            return new(tls, sni.Length == 0 ? null : sni, version, tls.NegotiatedCipherSuite.ToString());
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    /// <summary>The platform's TLS library orders chains, and refuses weak keys, SHA-1 and old versions, as it should.</summary>
    private static bool NeedsBouncyCastle(TlsFace face) =>
        face.Versions is TlsVersions.AlsoOld or TlsVersions.OnlyOld
        || face.Leaf.Key == LeafKey.Rsa1024
        || face.Leaf.Signature == LeafSignature.Sha1
        || face.Leaf.Usage == LeafUsage.CannotSign
        || face.Leaf.Sent == SentChain.IssuerLast;

    private static SslServerAuthenticationOptions Options(TlsFace face, string sni, string host, LabAuthority authority)
    {
        var leaf = sni.Length == 0 && face.LeafWithoutSni is { } other ? other : face.Leaf;
        return new()
        {
            ServerCertificateContext = authority.Chain(leaf, host).Context,
            EnabledSslProtocols =
                face.Versions == TlsVersions.OnlyTls12 ? SslProtocols.Tls12 : SslProtocols.Tls12 | SslProtocols.Tls13,
        };
    }

    private static async Task BreakOffAsync(Stream wire, TlsBreak kind, CancellationToken ct)
    {
        _ = await wire.ReadAsync(new byte[ClientHelloBytes], ct);
        if (kind == TlsBreak.UnrecognizedName)
            await wire.WriteAsync(UnrecognizedNameAlert, ct);
        else if (kind == TlsBreak.HandshakeFailure)
            await wire.WriteAsync(HandshakeFailureAlert, ct);
    }
}
