using Org.BouncyCastle.Security;
using Org.BouncyCastle.Tls;
using Org.BouncyCastle.Tls.Crypto.Impl.BC;

namespace Postseal.Tests.Lab;

/// <summary>A TLS client that sends an alert about any certificate. The platform's own would close without a word.</summary>
public sealed class RefusingClient() : DefaultTlsClient(new BcTlsCrypto(new SecureRandom()))
{
    /// <summary>Shakes hands as far as the certificate.</summary>
    public static Task RefuseAsync(Stream wire, CancellationToken ct) =>
        Task.Run(() => new TlsClientProtocol(wire).Connect(new RefusingClient()), ct);

    public override TlsAuthentication GetAuthentication() => new Refusal();

    private sealed class Refusal : ServerOnlyTlsAuthentication
    {
        public override void NotifyServerCertificate(TlsServerCertificate serverCertificate) =>
            throw new TlsFatalAlert(AlertDescription.bad_certificate);
    }
}
