using System.Buffers.Binary;
using System.Text;

namespace Postseal.Protocol.Tls;

/// <summary>A bare ClientHello for TLS 1.0 and 1.1 and the reading of its answer, so that old servers can be told from broken ones without lowering our own TLS floor (RFC 8996).</summary>
public static class LegacyHello
{
    /// <summary>As many octets of an answer as <see cref="AcceptedVersion"/> can need: read up to this, or to the end of the stream.
    /// A ServerHello is always followed by more than that; a refusal is shorter, and then the server closes.</summary>
    public const int SufficientLength = 64;

    // Numbers of RFC 5246 §6.2.1, §7.2, §7.4 and RFC 6066, RFC 8422.
    private const byte AlertRecord = 21;
    private const byte HandshakeRecord = 22;
    private const byte ClientHello = 1;
    private const byte ServerHello = 2;
    private const byte WarningLevel = 1;
    private const ushort Tls10 = 0x0301;
    private const ushort Tls11 = 0x0302;
    private const ushort ServerName = 0;
    private const ushort SupportedGroups = 10;
    private const ushort PointFormats = 11;

    /// <summary>Record header, handshake header and version: what must have come to know what the server chose.</summary>
    private const int RecordHeader = 5;
    private const int UpToVersion = RecordHeader + 4 + 2;

    // Everything an old mail server may want: the question is only whether it would go on. TLS_FALLBACK_SCSV must not be here: it asks for refusal.
    private static readonly ushort[] CipherSuites =
    [
        0xC00A, // ECDHE_ECDSA_WITH_AES_256_CBC_SHA
        0xC009, // ECDHE_ECDSA_WITH_AES_128_CBC_SHA
        0xC008, // ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA
        0xC014, // ECDHE_RSA_WITH_AES_256_CBC_SHA
        0xC013, // ECDHE_RSA_WITH_AES_128_CBC_SHA
        0xC012, // ECDHE_RSA_WITH_3DES_EDE_CBC_SHA
        0x0039, // DHE_RSA_WITH_AES_256_CBC_SHA
        0x0033, // DHE_RSA_WITH_AES_128_CBC_SHA
        0x0038, // DHE_DSS_WITH_AES_256_CBC_SHA
        0x0032, // DHE_DSS_WITH_AES_128_CBC_SHA
        0x0088, // DHE_RSA_WITH_CAMELLIA_256_CBC_SHA
        0x0045, // DHE_RSA_WITH_CAMELLIA_128_CBC_SHA
        0x0016, // DHE_RSA_WITH_3DES_EDE_CBC_SHA
        0x0035, // RSA_WITH_AES_256_CBC_SHA
        0x002F, // RSA_WITH_AES_128_CBC_SHA
        0x0084, // RSA_WITH_CAMELLIA_256_CBC_SHA
        0x0041, // RSA_WITH_CAMELLIA_128_CBC_SHA
        0x000A, // RSA_WITH_3DES_EDE_CBC_SHA
        0x0005, // RSA_WITH_RC4_128_SHA
        0x0004, // RSA_WITH_RC4_128_MD5
        0x00FF, // EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746)
    ];

    private static readonly ushort[] Groups = [23, 24, 25, 29]; // secp256r1, secp384r1, secp521r1, x25519

    /// <summary>A ClientHello record that offers at most TLS 1.1, with SNI when a host is given.</summary>
    public static byte[] Render(DomainName? host)
    {
        // The random is fixed: this handshake is never completed, so nothing rests on it.
        var random = Encoding.ASCII.GetBytes("Postseal asks for old TLS only. ");
        byte[] extensions =
        [
            .. host is null ? [] : Extension(ServerName, Counted16([0, .. Counted16(Encoding.ASCII.GetBytes(host.Value))])),
            .. Extension(SupportedGroups, Counted16(Numbers(Groups))),
            .. Extension(PointFormats, [1, 0]),
        ];
        byte[] body =
        [
            .. Number(Tls11),
            .. random,
            0, // no session to resume
            .. Counted16(Numbers(CipherSuites)),
            1, // one compression method:
            0, // none
            .. Counted16(extensions),
        ];
        return [HandshakeRecord, .. Number(Tls10), .. Counted16([ClientHello, 0, .. Counted16(body)])];
    }

    /// <summary>Reads the first bytes of the server's answer: <c>TLSv1</c> or <c>TLSv1.1</c> when it would go on, null when it refuses or speaks something else.</summary>
    public static string? AcceptedVersion(ReadOnlySpan<byte> answer)
    {
        answer = SkipWarnings(answer);
        if (answer.Length < UpToVersion || answer[0] != HandshakeRecord || answer[RecordHeader] != ServerHello)
            return null;

        return BinaryPrimitives.ReadUInt16BigEndian(answer[(UpToVersion - 2)..]) switch
        {
            Tls10 => "TLSv1",
            Tls11 => "TLSv1.1",
            _ => null,
        };
    }

    /// <summary>Some servers warn that they do not know the SNI name and then go on (RFC 6066 §3).</summary>
    private static ReadOnlySpan<byte> SkipWarnings(ReadOnlySpan<byte> answer)
    {
        const int alertLength = 2;
        while (
            answer.Length >= RecordHeader + alertLength
            && answer[0] == AlertRecord
            && BinaryPrimitives.ReadUInt16BigEndian(answer[3..]) == alertLength
            && answer[RecordHeader] == WarningLevel
        )
            answer = answer[(RecordHeader + alertLength)..];

        return answer;
    }

    private static byte[] Extension(ushort type, byte[] data) => [.. Number(type), .. Counted16(data)];

    private static byte[] Counted16(byte[] data) => [.. Number(checked((ushort)data.Length)), .. data];

    private static byte[] Numbers(ushort[] values) => [.. values.SelectMany(Number)];

    private static byte[] Number(ushort value) => [(byte)(value >> 8), (byte)(value & 0xFF)];
}
