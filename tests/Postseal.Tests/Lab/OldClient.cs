using Org.BouncyCastle.Security;
using Org.BouncyCastle.Tls;
using Org.BouncyCastle.Tls.Crypto.Impl.BC;

namespace Postseal.Tests.Lab;

/// <summary>A TLS client that knows nothing newer than 1.1, asks for no name and takes any certificate.</summary>
public sealed class OldClient() : DefaultTlsClient(new BcTlsCrypto(new SecureRandom()))
{
    /// <summary>Shakes hands.</summary>
    public static Task ConnectAsync(Stream wire, CancellationToken ct) =>
        Task.Run(() => new TlsClientProtocol(wire).Connect(new OldClient()), ct);

    public override TlsAuthentication GetAuthentication() => new Anything();

    protected override ProtocolVersion[] GetSupportedVersions() => ProtocolVersion.TLSv11.DownTo(ProtocolVersion.TLSv10);

    private sealed class Anything : ServerOnlyTlsAuthentication
    {
        public override void NotifyServerCertificate(TlsServerCertificate serverCertificate) { }
    }
}
