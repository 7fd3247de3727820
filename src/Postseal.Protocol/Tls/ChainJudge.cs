using System.Security.Cryptography.X509Certificates;

namespace Postseal.Protocol.Tls;

/// <summary>The one function that judges a certificate chain: facts and problems as values, no exceptions, no network, no clock.</summary>
public static class ChainJudge
{
    /// <summary>Judges what a server presented.</summary>
    /// <param name="presented">Leaf first, in the order sent; not empty. Not disposed here.</param>
    /// <param name="host">The only reference name (RFC 8461 §4.2): common name and addresses never count.</param>
    /// <param name="roots">Trusted roots; the whole trust store.</param>
    /// <param name="now">The time to judge at.</param>
    public static PresentedChain Judge(
        IReadOnlyList<X509Certificate2> presented,
        DomainName host,
        X509Certificate2Collection roots,
        DateTimeOffset now
    ) => throw new NotSupportedException();
}
