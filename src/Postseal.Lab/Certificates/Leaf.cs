using System.Collections.Immutable;

namespace Postseal.Lab.Certificates;

/// <summary>What a server shows of itself; the defaults are a good certificate for the server's own host name.</summary>
public sealed record Leaf
{
    /// <summary>A good certificate with its whole chain.</summary>
    public static Leaf Good { get; } = new();

    /// <summary>The dNSNames; empty stands for the server's host name.</summary>
    public ImmutableArray<string> Names { get; init; } = [];

    /// <summary>The host name stands in the common name only and subjectAltName is left out.</summary>
    public bool CommonNameOnly { get; init; }

    /// <summary>Start of validity, counted from the start of the lab.</summary>
    public TimeSpan From { get; init; } = TimeSpan.FromDays(-30);

    /// <summary>End of validity, counted from the start of the lab.</summary>
    public TimeSpan Until { get; init; } = TimeSpan.FromDays(60);

    /// <summary>The key.</summary>
    public LeafKey Key { get; init; } = LeafKey.P256;

    /// <summary>The issuer's signature.</summary>
    public LeafSignature Signature { get; init; } = LeafSignature.Sha256;

    /// <summary>Who signed it.</summary>
    public LeafIssuer Issuer { get; init; } = LeafIssuer.LabIntermediate;

    /// <summary>What it may be used for.</summary>
    public LeafUsage Usage { get; init; } = LeafUsage.Server;

    /// <summary>Which certificates the handshake carries.</summary>
    public SentChain Sent { get; init; } = SentChain.LeafThenIssuer;
}

/// <summary>Kinds of key.</summary>
public enum LeafKey
{
    /// <summary>ECDSA on P-256.</summary>
    P256,

    /// <summary>RSA, 2048 bits.</summary>
    Rsa2048,

    /// <summary>RSA, 1024 bits: too weak since 2013.</summary>
    Rsa1024,
}

/// <summary>Kinds of signature.</summary>
public enum LeafSignature
{
    /// <summary>ECDSA with SHA-256.</summary>
    Sha256,

    /// <summary>ECDSA with SHA-1.</summary>
    Sha1,

    /// <summary>ECDSA with SHA-256, one bit changed afterwards.</summary>
    Tampered,
}

/// <summary>Who signs a leaf.</summary>
public enum LeafIssuer
{
    /// <summary>The intermediate under the root that <see cref="LabInternet.CaFile"/> holds.</summary>
    LabIntermediate,

    /// <summary>The last of twelve intermediates, each issued by the one before, the first by <see cref="LabIntermediate"/>: more than anybody follows.</summary>
    TwelfthIntermediate,

    /// <summary>An intermediate under a root that nobody trusts.</summary>
    UnknownIntermediate,

    /// <summary>The leaf signs itself.</summary>
    Itself,
}

/// <summary>What a leaf's key usage and extended key usage say.</summary>
public enum LeafUsage
{
    /// <summary>digitalSignature, serverAuth.</summary>
    Server,

    /// <summary>digitalSignature, clientAuth only.</summary>
    ClientOnly,

    /// <summary>cRLSign only, serverAuth: no key usage that TLS could use.</summary>
    CannotSign,
}

/// <summary>The certificates a server sends.</summary>
public enum SentChain
{
    /// <summary>Leaf, intermediate.</summary>
    LeafThenIssuer,

    /// <summary>The leaf alone.</summary>
    LeafOnly,

    /// <summary>Leaf, root, intermediate.</summary>
    IssuerLast,
}
