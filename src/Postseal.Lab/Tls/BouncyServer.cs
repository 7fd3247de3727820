using System.Net.Security;
using System.Text;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Tls;
using Org.BouncyCastle.Tls.Crypto;
using Org.BouncyCastle.Tls.Crypto.Impl.BC;
using Postseal.Lab.Certificates;

namespace Postseal.Lab.Tls;

/// <summary>A TLS server that does as it is told, wise or not.</summary>
internal sealed class BouncyServer(TlsFace face, LabChain chain) : DefaultTlsServer(new BcTlsCrypto(new SecureRandom()))
{
    private static readonly int[] ModernSuites = [CipherSuite.TLS_AES_128_GCM_SHA256, CipherSuite.TLS_AES_256_GCM_SHA384];

    private static readonly int[] EcdsaSuites =
    [
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
    ];

    private static readonly int[] RsaSuites =
    [
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
        CipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA,
        CipherSuite.TLS_RSA_WITH_AES_256_CBC_SHA,
    ];

    /// <summary>The name the client asked for; null if it named none.</summary>
    public string? Sni { get; private set; }

    /// <summary>The version agreed on, as OpenSSL writes it.</summary>
    public string Version { get; private set; } = "";

    /// <summary>The cipher suite agreed on.</summary>
    public string Cipher { get; private set; } = "";

    private bool IsRsa => chain.IsRsa;

    private BcTlsCrypto Bouncy => (BcTlsCrypto)Crypto;

    private AsymmetricKeyParameter PrivateKey => PrivateKeyFactory.CreateKey(chain.ExportPrivateKey());

    public override TlsCredentials GetCredentials() =>
        m_context.SecurityParameters.KeyExchangeAlgorithm == KeyExchangeAlgorithm.RSA
            ? new BcDefaultTlsCredentialedDecryptor(Bouncy, Certificates(), PrivateKey)
            : new BcDefaultTlsCredentialedSigner(
                new TlsCryptoParameters(m_context),
                Bouncy,
                PrivateKey,
                Certificates(),
                Scheme()
            );

    public override void ProcessClientExtensions(IDictionary<int, byte[]> clientExtensions)
    {
        base.ProcessClientExtensions(clientExtensions);
        var names = clientExtensions is null ? null : TlsExtensionsUtilities.GetServerNameExtensionClient(clientExtensions);
        Sni = names is [var name, ..] ? Encoding.ASCII.GetString(name.NameData) : null;
    }

    public override void NotifyHandshakeComplete()
    {
        base.NotifyHandshakeComplete();
        var agreed = m_context.SecurityParameters;
        Version = agreed.NegotiatedVersion.Name.Replace("TLS ", "TLSv", StringComparison.Ordinal);
        Cipher = ((TlsCipherSuite)agreed.CipherSuite).ToString();
    }

    protected override ProtocolVersion[] GetSupportedVersions() =>
        face.Versions switch
        {
            TlsVersions.OnlyOld => ProtocolVersion.TLSv11.DownTo(ProtocolVersion.TLSv10),
            TlsVersions.AlsoOld => ProtocolVersion.TLSv13.DownTo(ProtocolVersion.TLSv10),
            TlsVersions.OnlyTls12 => ProtocolVersion.TLSv12.Only(),
            _ => ProtocolVersion.TLSv13.DownTo(ProtocolVersion.TLSv12),
        };

    protected override int[] GetSupportedCipherSuites() =>
        TlsUtilities.GetSupportedCipherSuites(Crypto, [.. ModernSuites, .. IsRsa ? RsaSuites : EcdsaSuites]);

    private Certificate Certificates()
    {
        var sent = chain
            .Others.Prepend(chain.Leaf)
            .Select(c => new CertificateEntry(Crypto.CreateCertificate(c.RawData), null))
            .ToArray();
        // RFC 8446 §4.4.2: only TLS 1.3 has a request context, empty for servers.
        return new(TlsUtilities.IsTlsV13(m_context) ? [] : null, sent);
    }

    // RFC 5246 §7.4.1.4.1: before TLS 1.2 there is nothing to choose.
    private SignatureAndHashAlgorithm? Scheme() =>
        (TlsUtilities.IsTlsV12(m_context), IsRsa) switch
        {
            (false, _) => null,
            (_, true) => SignatureAndHashAlgorithm.rsa_pss_rsae_sha256,
            _ => SignatureAndHashAlgorithm.GetInstance(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa),
        };
}
