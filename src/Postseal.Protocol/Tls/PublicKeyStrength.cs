using System.Formats.Asn1;

namespace Postseal.Protocol.Tls;

/// <summary>Which kind of key a SubjectPublicKeyInfo holds and how long it is (RFC 3279 §2.3, RFC 8410). Never throws on hostile ones.</summary>
/// <param name="Algorithm">For example <c>RSA</c>; an object identifier in dotted form where we know no name.</param>
/// <param name="Bits">0 when it cannot be told.</param>
internal sealed record PublicKeyStrength(string Algorithm, int Bits)
{
    private const string Secp521r1 = "1.3.132.0.35";

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

    public static PublicKeyStrength Of(ReadOnlyMemory<byte> subjectPublicKeyInfo)
    {
        var algorithm = DistinguishedName.Unreadable;
        try
        {
            var whole = new AsnReader(subjectPublicKeyInfo, AsnEncodingRules.BER);
            var info = whole.ReadSequence();
            whole.ThrowIfNotEmpty();
            var identifier = info.ReadSequence();
            var oid = identifier.ReadObjectIdentifier();
            algorithm = Name(oid);
            return new PublicKeyStrength(algorithm, Length(algorithm, identifier, info.ReadBitString(out _)));
        }
        catch (AsnContentException)
        {
            return new PublicKeyStrength(algorithm, 0);
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

    private static int Length(string algorithm, AsnReader identifier, byte[] key) =>
        algorithm switch
        {
            "RSA" => FirstInteger(new AsnReader(key, AsnEncodingRules.BER)), // RSAPublicKey: modulus, exponent
            "DSA" => FirstInteger(identifier), // Dss-Parms: p, q, g
            "ECDSA" => CurveLength(identifier, key),
            "Ed25519" => 256,
            "Ed448" => 456,
            _ => 0,
        };

    private static int FirstInteger(AsnReader reader)
    {
        var number = reader.ReadSequence().ReadIntegerBytes().Span.TrimStart((byte)0);
        return number.IsEmpty ? 0 : number.Length * 8 - byte.LeadingZeroCount(number[0]);
    }

    /// <summary>Read from the length of the point, whatever the curve: 4 and two coordinates, or 2 or 3 and one (SEC 1 §2.3.3).</summary>
    private static int CurveLength(AsnReader identifier, byte[] point)
    {
        if (
            identifier.HasData
            && identifier.PeekTag().HasSameClassAndValue(Asn1Tag.ObjectIdentifier)
            && identifier.ReadObjectIdentifier() == Secp521r1
        )
            return 521;

        return point is [4, ..] ? (point.Length - 1) * 4
            : point is [2 or 3, ..] ? (point.Length - 1) * 8
            : 0;
    }
}
