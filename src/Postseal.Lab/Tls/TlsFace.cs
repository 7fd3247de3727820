using Postseal.Lab.Certificates;

namespace Postseal.Lab.Tls;

/// <summary>How a server behaves in a TLS handshake.</summary>
public sealed record TlsFace
{
    /// <summary>TLS 1.2 and 1.3 with a good certificate.</summary>
    public static TlsFace Good { get; } = new();

    /// <summary>What it presents.</summary>
    public Leaf Leaf { get; init; } = Leaf.Good;

    /// <summary>What it presents to a client that sends no SNI; null: the same.</summary>
    public Leaf? LeafWithoutSni { get; init; }

    /// <summary>Which versions it speaks.</summary>
    public TlsVersions Versions { get; init; } = TlsVersions.Modern;

    /// <summary>How it breaks the handshake off.</summary>
    public TlsBreak Break { get; init; } = TlsBreak.Never;
}

/// <summary>Ranges of TLS versions.</summary>
public enum TlsVersions
{
    /// <summary>1.2 and 1.3.</summary>
    Modern,

    /// <summary>1.2 only.</summary>
    OnlyTls12,

    /// <summary>1.0 to 1.2.</summary>
    AlsoOld,

    /// <summary>1.0 and 1.1: forbidden by RFC 8996.</summary>
    OnlyOld,
}

/// <summary>How a handshake ends before its time: all right after the ClientHello.</summary>
public enum TlsBreak
{
    /// <summary>It does not.</summary>
    Never,

    /// <summary>Alert unrecognized_name (RFC 6066 §3).</summary>
    UnrecognizedName,

    /// <summary>Alert handshake_failure.</summary>
    HandshakeFailure,

    /// <summary>The connection is closed without a word.</summary>
    Closed,
}
