namespace Postseal.Protocol.Tls;

/// <summary>Signature algorithms by object identifier (RFC 3279, RFC 4055, RFC 5758, RFC 8410, RFC 9881).</summary>
internal static class SignatureAlgorithm
{
    /// <summary>A name for people, for example <c>sha256RSA</c>; the identifier itself where we know none.</summary>
    public static string Name(string oid) =>
        oid switch
        {
            "1.2.840.113549.1.1.2" => "md2RSA",
            "1.2.840.113549.1.1.4" => "md5RSA",
            "1.2.840.113549.1.1.5" => "sha1RSA",
            "1.2.840.113549.1.1.10" => "RSASSA-PSS",
            "1.2.840.113549.1.1.11" => "sha256RSA",
            "1.2.840.113549.1.1.12" => "sha384RSA",
            "1.2.840.113549.1.1.13" => "sha512RSA",
            "1.2.840.113549.1.1.14" => "sha224RSA",
            "1.2.840.10040.4.3" => "sha1DSA",
            "2.16.840.1.101.3.4.3.2" => "sha256DSA",
            "1.2.840.10045.4.1" => "sha1ECDSA",
            "1.2.840.10045.4.3.1" => "sha224ECDSA",
            "1.2.840.10045.4.3.2" => "sha256ECDSA",
            "1.2.840.10045.4.3.3" => "sha384ECDSA",
            "1.2.840.10045.4.3.4" => "sha512ECDSA",
            "1.3.101.112" => "Ed25519",
            "1.3.101.113" => "Ed448",
            "2.16.840.1.101.3.4.3.17" => "ML-DSA-44",
            "2.16.840.1.101.3.4.3.18" => "ML-DSA-65",
            "2.16.840.1.101.3.4.3.19" => "ML-DSA-87",
            _ => oid,
        };

    /// <summary>True for digests that can be forged: MD2, MD5, SHA-1 (RFC 9155).</summary>
    public static bool IsBroken(string oid) => Name(oid) is "md2RSA" or "md5RSA" or "sha1RSA" or "sha1DSA" or "sha1ECDSA";
}
