namespace Postseal.Protocol.Tls;

/// <summary>One thing that is wrong with a presented chain; several may hold at once. Wire names: <see cref="CertificateProblems.ToWire"/>.</summary>
public enum CertificateProblem
{
    /// <summary><c>name</c>: no dNSName of subjectAltName matches the host (RFC 8461 §4.2, RFC 9525 §6.3).</summary>
    Name,

    /// <summary><c>expired</c>: the leaf's or an issuer's validity has ended.</summary>
    Expired,

    /// <summary><c>not-yet-valid</c>: the leaf's or an issuer's validity has not begun.</summary>
    NotYetValid,

    /// <summary><c>untrusted</c>: the chain ends in a root that is not trusted.</summary>
    Untrusted,

    /// <summary><c>self-signed</c>: the leaf is its own issuer and is not itself trusted.</summary>
    SelfSigned,

    /// <summary><c>chain-incomplete</c>: an intermediate is missing from the handshake (none are downloaded).</summary>
    ChainIncomplete,

    /// <summary><c>chain-order</c>: the certificates were not sent leaf first, each followed by its issuer. A remark, never a refusal.</summary>
    ChainOrder,

    /// <summary><c>weak-key</c>: RSA under 2048 bits or an elliptic curve under 224 bits. A remark, never a refusal.</summary>
    WeakKey,

    /// <summary><c>sha1</c>: the leaf or an intermediate is signed with SHA-1 or MD5. A remark, never a refusal by itself.</summary>
    Sha1,

    /// <summary><c>eku</c>: extended key usage is present without serverAuth.</summary>
    ExtendedKeyUsage,

    /// <summary><c>ku</c>: key usage is present without digitalSignature or keyEncipherment. A remark, never a refusal.</summary>
    KeyUsage,

    /// <summary><c>signature</c>: a signature in the chain does not verify.</summary>
    Signature,

    /// <summary><c>constraints</c>: name constraints, basic constraints or a critical extension forbid the chain.</summary>
    Constraints,

    /// <summary><c>oversized</c>: the way to the anchor has more than 8 issuers, or passes a key so large that verifying it is an attack; nothing beyond
    /// that was verified.</summary>
    Oversized,
}

/// <summary>The wire names of <see cref="CertificateProblem"/> and which of them make a sender refuse.</summary>
public static class CertificateProblems
{
    /// <summary>The text used in JSON, evidence and failure reason codes.</summary>
    public static string ToWire(this CertificateProblem problem) =>
        problem switch
        {
            CertificateProblem.Name => "name",
            CertificateProblem.Expired => "expired",
            CertificateProblem.NotYetValid => "not-yet-valid",
            CertificateProblem.Untrusted => "untrusted",
            CertificateProblem.SelfSigned => "self-signed",
            CertificateProblem.ChainIncomplete => "chain-incomplete",
            CertificateProblem.ChainOrder => "chain-order",
            CertificateProblem.WeakKey => "weak-key",
            CertificateProblem.Sha1 => "sha1",
            CertificateProblem.ExtendedKeyUsage => "eku",
            CertificateProblem.KeyUsage => "ku",
            CertificateProblem.Signature => "signature",
            CertificateProblem.Constraints => "constraints",
            CertificateProblem.Oversized => "oversized",
            _ => throw new ArgumentOutOfRangeException(nameof(problem)),
        };

    /// <summary>True where a sender that validates by PKIX (RFC 8461 §4.2) does not accept the chain; false for mere remarks.</summary>
    public static bool Refuses(this CertificateProblem problem) =>
        problem
            is not (
                CertificateProblem.ChainOrder
                or CertificateProblem.WeakKey
                or CertificateProblem.Sha1
                or CertificateProblem.KeyUsage
            );
}
