using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Postseal.Protocol;
using Postseal.Protocol.Tls;

namespace Postseal.Smtp.Probe;

/// <summary>One TLS handshake as client. Whatever certificate comes is kept as a fact and not judged here.</summary>
/// <param name="sni">The name to ask for; null sends no SNI.</param>
internal sealed class TlsHandshake(DomainName? sni) : IDisposable
{
    private readonly List<X509Certificate2> _presented = [];

    /// <summary>What the server presented, in the order sent, leaf first. Empty until the handshake stands.</summary>
    public IReadOnlyList<X509Certificate2> Presented => _presented;

    /// <summary>The version, for example <c>TLSv1.3</c>; null until the handshake stands.</summary>
    public string? Protocol { get; private set; }

    /// <summary>The IANA name of the cipher suite; null until the handshake stands.</summary>
    public string? CipherSuite { get; private set; }

    /// <summary>Runs the handshake.</summary>
    /// <exception cref="AuthenticationException">The handshake failed.</exception>
    /// <exception cref="IOException">The server closed the connection.</exception>
    public async Task RunAsync(SslStream stream, CancellationToken ct)
    {
        await stream.AuthenticateAsClientAsync(Options(), ct);
        Protocol = stream.SslProtocol == SslProtocols.Tls13 ? "TLSv1.3" : "TLSv1.2";
        CipherSuite = stream.NegotiatedCipherSuite.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _presented.ForEach(c => c.Dispose());

    private SslClientAuthenticationOptions Options() =>
        new()
        {
            TargetHost = sni?.Value ?? "",
            // Named, not left to the system, whose configuration may allow older ones (standard.md 8461-7.2-2).
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            // A resumed session presents no chain.
            AllowTlsResume = false,
            RemoteCertificateValidationCallback = (_, leaf, chain, _) => Record(leaf, chain),
            // SslStream builds a chain before it asks us: without roots, revocation lists and downloads that costs next to nothing.
            CertificateChainPolicy = new()
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            },
        };

    private bool Record(X509Certificate? leaf, X509Chain? chain)
    {
        if (leaf is null)
            return false;

        // ExtraStore keeps the order sent, ChainElements do not. Whether it repeats the leaf depends on the platform.
        var sent = chain?.ChainPolicy.ExtraStore.Select(c => c.RawData) ?? [];
        var leafBytes = leaf.GetRawCertData();
        var rest = sent.SkipWhile((c, i) => i == 0 && c.AsSpan().SequenceEqual(leafBytes));
        _presented.AddRange(
            rest.Prepend(leafBytes).Take(ChainJudge.MaxCertificates).Select(X509CertificateLoader.LoadCertificate)
        );
        return true;
    }
}
