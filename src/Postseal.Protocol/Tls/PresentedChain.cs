using System.Collections.Immutable;

namespace Postseal.Protocol.Tls;

/// <summary>The certificates a server presented, in the order sent, and every problem a PKIX verifier has with them for one host name.</summary>
/// <param name="Certificates">Leaf first; never empty.</param>
/// <param name="Problems">Each problem once, in the order of <see cref="CertificateProblem"/>; empty when the chain is good for the host.</param>
public sealed record PresentedChain(ImmutableArray<CertificateFacts> Certificates, ImmutableArray<CertificateProblem> Problems)
{
    /// <summary>The server's own certificate.</summary>
    public CertificateFacts Leaf => Certificates[0];

    /// <summary>True for a chain that costs more to verify than a real one can need: <see cref="CertificateProblem.Oversized"/>, or with a key beyond bounds in it
    /// although a good path leads past it. The TLS library verifies what was sent before anybody is asked.</summary>
    public bool IsCostly { get; init; }

    /// <summary>True when a PKIX verifier accepts the chain for the host (RFC 8461 §4.2).</summary>
    public bool IsValid => !Problems.Any(p => p.Refuses());
}
