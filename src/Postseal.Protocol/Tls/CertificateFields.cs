using System.Formats.Asn1;
using System.Text;

namespace Postseal.Protocol.Tls;

/// <summary>
/// The parts of an X.509 certificate (RFC 5280 §4.1) that our rules look at, read from the DER form. Bounded by the size of the certificate and free of
/// exceptions, which the platform's own accessors are not: they throw, each in its own way, at what a hostile certificate holds.
/// </summary>
internal sealed class CertificateFields
{
    /// <summary>Octets of a domain name; a longer dNSName can match nothing.</summary>
    private const int MaxDnsNameLength = DomainName.MaxLength;

    // BER, as OpenSSL is lenient too: signatures are checked over the bytes sent, so nothing rests on strictness here.
    private const AsnEncodingRules Rules = AsnEncodingRules.BER;

    private static readonly Asn1Tag VersionTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 3, isConstructed: true);
    private static readonly Asn1Tag DnsNameTag = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);

    private readonly List<(ReadOnlyMemory<byte> Oid, ReadOnlyMemory<byte> Value)> _extensions = [];

    private PublicKeyStrength? _key;

    private CertificateFields(ReadOnlyMemory<byte> der)
    {
        var whole = new AsnReader(der, Rules);
        var fields = whole.ReadSequence().ReadSequence();
        whole.ThrowIfNotEmpty();
        if (fields.PeekTag().HasSameClassAndValue(VersionTag))
            fields.ReadEncodedValue();

        fields.ReadEncodedValue(); // serial number: any, even a negative one
        SignatureOid = fields.ReadSequence().ReadObjectIdentifier();
        Issuer = new DistinguishedName(fields.ReadEncodedValue());
        var validity = fields.ReadSequence();
        (NotBefore, NotAfter) = (ReadTime(validity), ReadTime(validity));
        Subject = new DistinguishedName(fields.ReadEncodedValue());
        SubjectPublicKeyInfo = fields.ReadEncodedValue();
        while (fields.HasData)
        {
            if (fields.PeekTag().HasSameClassAndValue(ExtensionsTag))
                ReadExtensions(fields.ReadSequence(ExtensionsTag).ReadSequence());
            else
                fields.ReadEncodedValue(); // issuerUniqueID, subjectUniqueID
        }
    }

    public DistinguishedName Issuer { get; }

    public DistinguishedName Subject { get; }

    public DateTimeOffset NotBefore { get; }

    public DateTimeOffset NotAfter { get; }

    public string SignatureOid { get; }

    /// <summary>As encoded: what TLSA selector 1 means (RFC 6698 §2.1.2).</summary>
    public ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; }

    /// <summary>Which kind of key that is.</summary>
    public PublicKeyStrength Key => _key ??= PublicKeyStrength.Of(SubjectPublicKeyInfo);

    /// <summary>Whether the certificate names itself as its issuer.</summary>
    public bool IsSelfIssued => Issuer.Encoded.Span.SequenceEqual(Subject.Encoded.Span);

    /// <summary>Extended key usage is absent or holds serverAuth. anyExtendedKeyUsage does not do for OpenSSL's users either.</summary>
    public bool AllowsServerAuth =>
        Extension(
            Oid.ExtendedKeyUsage,
            absent: true,
            broken: false,
            e => Elements(e).Any(u => u.Span.SequenceEqual(Oid.ServerAuth))
        );

    /// <summary>Key usage is absent, or has a use that TLS makes of a server's key (RFC 5246 §7.4.2).</summary>
    public bool AllowsTlsKeyUse => Extension(Oid.KeyUsage, absent: true, broken: false, HasTlsKeyUse);

    /// <summary>Whether the certificate tells by HTTP where its issuer's certificate is (RFC 5280 §4.2.2.1).</summary>
    public bool HasIssuerUrl => Extension(Oid.AuthorityInfoAccess, absent: false, broken: false, HasHttpIssuer);

    /// <summary>Whether one of the extensions read here is not what its syntax says. OpenSSL then links the certificate to no issuer at all.</summary>
    public bool HasBrokenExtension => Oid.Understood.Any(oid => Extension(oid, absent: false, broken: true, IsMalformed));

    /// <summary>Every dNSName entry of subjectAltName that could be a name, as presented; none when the extension is malformed.</summary>
    public IReadOnlyList<string> DnsNames =>
        Extension<IReadOnlyList<string>>(Oid.SubjectAltName, absent: [], broken: [], ReadDnsNames);

    /// <summary>Reads a certificate; null when it is none.</summary>
    public static CertificateFields? Read(ReadOnlyMemory<byte> der)
    {
        try
        {
            return new CertificateFields(der);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static DateTimeOffset ReadTime(AsnReader validity) =>
        validity.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? validity.ReadUtcTime() : validity.ReadGeneralizedTime();

    private void ReadExtensions(AsnReader extensions)
    {
        while (extensions.HasData)
        {
            var extension = extensions.ReadSequence();
            var oid = Content(extension);
            if (extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean))
                extension.ReadEncodedValue(); // critical or not: the platform's chain judges that

            _extensions.Add((oid, extension.ReadOctetString()));
        }
    }

    private T Extension<T>(byte[] oid, T absent, T broken, Func<AsnReader, T> read)
    {
        foreach (var extension in _extensions)
        {
            if (!extension.Oid.Span.SequenceEqual(oid))
                continue;

            try
            {
                return read(new AsnReader(extension.Value, Rules));
            }
            catch (AsnContentException)
            {
                return broken;
            }
        }

        return absent;
    }

    private static List<string> ReadDnsNames(AsnReader extension)
    {
        var names = new List<string>();
        for (var general = extension.ReadSequence(); general.HasData; )
        {
            var isDnsName = general.PeekTag() == DnsNameTag;
            var content = Content(general);
            if (isDnsName && content.Length is > 0 and <= MaxDnsNameLength)
                names.Add(Encoding.Latin1.GetString(content.Span)); // IA5String; what is not ASCII matches nothing
        }

        return names;
    }

    private static bool IsMalformed(AsnReader extension)
    {
        if (extension.PeekTag().IsConstructed)
            extension = extension.ReadSequence();

        while (extension.HasData)
            extension.ReadEncodedValue();

        return false; // or an exception before
    }

    private static bool HasTlsKeyUse(AsnReader extension)
    {
        const byte digitalSignature = 0x80;
        const byte keyEncipherment = 0x20;
        var bits = extension.ReadBitString(out _);
        return bits.Length > 0 && (bits[0] & (digitalSignature | keyEncipherment)) != 0;
    }

    private static bool HasHttpIssuer(AsnReader extension)
    {
        for (var list = extension.ReadSequence(); list.HasData; )
        {
            var access = list.ReadSequence();
            if (
                Content(access).Span.SequenceEqual(Oid.CaIssuers)
                && access.PeekTag() == UriTag
                && Content(access).Span.StartsWith("http"u8)
            )
                return true;
        }

        return false;
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Elements(AsnReader extension)
    {
        for (var list = extension.ReadSequence(); list.HasData; )
            yield return Content(list);
    }

    /// <summary>The next value without tag and length.</summary>
    private static ReadOnlyMemory<byte> Content(AsnReader reader)
    {
        var content = reader.PeekContentBytes();
        reader.ReadEncodedValue();
        return content;
    }

    /// <summary>Object identifiers as encoded, without tag and length: those of hostile certificates are never decoded.</summary>
    private static class Oid
    {
        public static readonly byte[] KeyUsage = [0x55, 0x1D, 0x0F]; // 2.5.29.15
        public static readonly byte[] SubjectAltName = [0x55, 0x1D, 0x11]; // 2.5.29.17
        public static readonly byte[] ExtendedKeyUsage = [0x55, 0x1D, 0x25]; // 2.5.29.37
        public static readonly byte[] AuthorityInfoAccess = [0x2B, 6, 1, 5, 5, 7, 1, 1]; // 1.3.6.1.5.5.7.1.1
        public static readonly byte[] ServerAuth = [0x2B, 6, 1, 5, 5, 7, 3, 1]; // 1.3.6.1.5.5.7.3.1
        public static readonly byte[][] Understood = [KeyUsage, SubjectAltName, ExtendedKeyUsage];
        public static readonly byte[] CaIssuers = [0x2B, 6, 1, 5, 5, 7, 0x30, 2]; // 1.3.6.1.5.5.7.48.2
    }
}
