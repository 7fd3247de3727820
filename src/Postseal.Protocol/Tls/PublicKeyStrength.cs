using System.Formats.Asn1;

namespace Postseal.Protocol.Tls;

/// <summary>Which kind of key a SubjectPublicKeyInfo holds and how long it is (RFC 3279 §2.3, RFC 8410). Never throws on hostile ones.</summary>
/// <param name="Algorithm">For example <c>RSA</c>; an object identifier in dotted form where we know no name.</param>
/// <param name="Bits">0 when it cannot be told.</param>
/// <param name="ExponentBits">Of an RSA key; 0 for all others.</param>
/// <param name="Curve">The object identifier of a named curve; null for all other keys, and for a curve of its own making.</param>
internal sealed record PublicKeyStrength(string Algorithm, int Bits, int ExponentBits, string? Curve)
{
    private const string Secp521r1 = "1.3.132.0.35";

    // Curves over prime fields: CAs use the first two. A verification on one of the others that OpenSSL knows, over binary fields, costs ten times as much.
    private static readonly HashSet<string> Curves =
    [
        "1.2.840.10045.3.1.7", // secp256r1
        "1.3.132.0.34", // secp384r1
        Secp521r1,
        "1.2.840.10045.3.1.1", // secp192r1
        "1.3.132.0.33", // secp224r1
        "1.3.132.0.10", // secp256k1
        "1.3.36.3.3.2.8.1.1.7", // brainpoolP256r1
        "1.3.36.3.3.2.8.1.1.11", // brainpoolP384r1
        "1.3.36.3.3.2.8.1.1.13", // brainpoolP512r1
    ];

    // What a verification costs grows with the square of the modulus times the length of the exponent. CAs use up to 4096 bits and 65537 (17 bits);
    // some private ones 8192, and exponents of 32 bits are what other TLS libraries stop at.
    private const int MaxRsaBits = 8192;
    private const int MaxRsaExponentBits = 33;
    private const int MaxDsaBits = 4096;

    /// <summary>False for what is no SubjectPublicKeyInfo at all.</summary>
    public bool IsReadable => Algorithm != DistinguishedName.Unreadable;

    /// <summary>Shorter than RFC 9325 §4.5 allows: RSA and DSA from 2048 bits, curves from 224.</summary>
    public bool IsWeak =>
        Bits > 0
        && Algorithm switch
        {
            "RSA" or "DSA" => Bits < 2048,
            "ECDSA" => Bits < 224,
            _ => false,
        };

    /// <summary>False for a key whose signatures cost more to verify than any CA's: its certificate is left out of every path. A kind that nobody knows
    /// verifies nothing and costs nothing.</summary>
    public bool IsVerifiable =>
        Algorithm switch
        {
            "RSA" => Bits is > 0 and <= MaxRsaBits && ExponentBits is > 0 and <= MaxRsaExponentBits,
            "DSA" => Bits is > 0 and <= MaxDsaBits,
            "ECDSA" => Bits > 0 && Curve is not null && Curves.Contains(Curve),
            _ => true,
        };

    public static PublicKeyStrength Of(ReadOnlyMemory<byte> subjectPublicKeyInfo)
    {
        var algorithm = DistinguishedName.Unreadable;
        try
        {
            var whole = new AsnReader(subjectPublicKeyInfo, AsnEncodingRules.BER);
            var info = whole.ReadSequence();
            whole.ThrowIfNotEmpty();
            var identifier = info.ReadSequence();
            algorithm = Name(identifier.ReadObjectIdentifier());
            var key = info.ReadBitString(out _);
            var curve = algorithm == "ECDSA" ? NamedCurve(identifier) : null;
            return new PublicKeyStrength(
                algorithm,
                Length(algorithm, curve, identifier, key),
                algorithm == "RSA" ? Integers(new AsnReader(key, AsnEncodingRules.BER)).Skip(1).FirstOrDefault() : 0,
                curve
            );
        }
        catch (AsnContentException)
        {
            return new PublicKeyStrength(algorithm, 0, 0, null);
        }
    }

    private static string Name(string oid) =>
        oid switch
        {
            "1.2.840.113549.1.1.1" or "1.2.840.113549.1.1.10" => "RSA",
            "1.2.840.10040.4.1" => "DSA",
            "1.2.840.10045.2.1" => "ECDSA",
            "1.3.101.112" => "Ed25519",
            "1.3.101.113" => "Ed448",
            "2.16.840.1.101.3.4.3.17" => "ML-DSA-44",
            "2.16.840.1.101.3.4.3.18" => "ML-DSA-65",
            "2.16.840.1.101.3.4.3.19" => "ML-DSA-87",
            _ => oid,
        };

    private static int Length(string algorithm, string? curve, AsnReader identifier, byte[] key) =>
        algorithm switch
        {
            "RSA" => Integers(new AsnReader(key, AsnEncodingRules.BER)).FirstOrDefault(), // RSAPublicKey: modulus, exponent
            "DSA" => Integers(identifier).FirstOrDefault(), // Dss-Parms: p, q, g
            "ECDSA" => CurveLength(curve, key),
            "Ed25519" => 256,
            "Ed448" => 456,
            _ => 0,
        };

    /// <summary>The lengths in bits of the integers in a sequence.</summary>
    private static IEnumerable<int> Integers(AsnReader reader)
    {
        for (var integers = reader.ReadSequence(); integers.HasData; )
        {
            var number = integers.ReadIntegerBytes().Span.TrimStart((byte)0);
            yield return number.IsEmpty ? 0 : number.Length * 8 - byte.LeadingZeroCount(number[0]);
        }
    }

    private static string? NamedCurve(AsnReader identifier) =>
        identifier.HasData && identifier.PeekTag().HasSameClassAndValue(Asn1Tag.ObjectIdentifier)
            ? identifier.ReadObjectIdentifier()
            : null;

    /// <summary>Read from the length of the point, whatever the curve: 4 and two coordinates, or 2 or 3 and one (SEC 1 §2.3.3). A curve of its own making has any
    /// size it likes: it has no length here.</summary>
    private static int CurveLength(string? curve, byte[] point) =>
        (curve, point) switch
        {
            (null, _) => 0,
            (Secp521r1, _) => 521,
            (_, [4, ..]) => (point.Length - 1) * 4,
            (_, [2 or 3, ..]) => (point.Length - 1) * 8,
            _ => 0,
        };
}
