using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Postseal.Protocol;
using Postseal.Protocol.Tls;

namespace Postseal.Outbound;

/// <summary>
/// The one TLS handshake that this product does as a client: policy host, MX host, report target. What the server sent is judged as it came: nothing is
/// downloaded, resumed or looked up for it, and the system's own verdict does not count.
/// </summary>
/// <param name="sni">The name to ask for; null sends no SNI.</param>
/// <param name="host">The reference name that the certificate is judged for.</param>
/// <param name="verifier">Judges.</param>
/// <param name="accept">Whether to go on with what was judged; false ends the handshake with an alert. Not asked where the server sent no certificate:
/// that handshake fails.</param>
/// <param name="clock">The time to judge at.</param>
public sealed class ClientHandshake(
    DomainName? sni,
    DomainName host,
    ChainVerifier verifier,
    Func<PresentedChain, bool> accept,
    TimeProvider clock
)
{
    /// <summary>Bytes that a server may send in one handshake. Real ones need 3 to 8 KB, a certificate for a thousand names 40; every certificate costs a
    /// verification inside the TLS library before we are asked.</summary>
    public const int MaxReceived = 64 * 1024;

    /// <summary>What ALPN offers, best first; empty sends none.</summary>
    public IReadOnlyList<SslApplicationProtocol> Protocols { get; init; } = [];

    /// <summary>What the server sent and what is wrong with it; null before that, and where it sent nothing.</summary>
    public PresentedChain? Chain { get; private set; }

    /// <summary>The options for the stream that does the handshake.</summary>
    /// <param name="budget">Is told of chains that are made to cost.</param>
    public SslClientAuthenticationOptions Options(OutboundBudget budget) =>
        new()
        {
            TargetHost = sni?.Value ?? "",
            ApplicationProtocols = Protocols.Count == 0 ? null : [.. Protocols],
            // Named, not left to the system, whose configuration may allow older ones (standard.md 8461-7.2-2, RFC 8996).
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            // A resumed session presents no chain.
            AllowTlsResume = false,
            // A handshake that begins later would be worked on wherever the data is read.
            AllowRenegotiation = false,
            RemoteCertificateValidationCallback = (_, leaf, chain, _) => Judge(leaf, chain, budget),
            // SslStream builds a chain before it asks us, and that one would download what an issuer's URL names: a request of the peer's choice.
            CertificateChainPolicy = new()
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            },
        };

    private bool Judge(X509Certificate? leaf, X509Chain? built, OutboundBudget budget)
    {
        if (leaf is null)
            return false;

        // ExtraStore keeps the order sent, ChainElements do not. Whether it repeats the leaf depends on the platform.
        var sent = built?.ChainPolicy.ExtraStore ?? [];
        var first = leaf as X509Certificate2 ?? X509CertificateLoader.LoadCertificate(leaf.GetRawCertData());
        var others = sent.SkipWhile((c, i) => i == 0 && c.RawDataMemory.Span.SequenceEqual(first.RawDataMemory.Span));
        try
        {
            Chain = verifier.Judge([first, .. others.Take(ChainJudge.MaxCertificates - 1)], host, clock.GetUtcNow());
            budget.Judged(Chain, sent.Count);
            return accept(Chain);
        }
        finally
        {
            foreach (var certificate in sent)
                certificate.Dispose(); // or their memory, which the collector does not see, waits for the finalizer
        }
    }
}
