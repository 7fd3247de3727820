using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Postseal.Protocol.Tls;

/// <summary>A subject or issuer name as encoded in a certificate. Never throws on hostile ones.</summary>
internal sealed class DistinguishedName(ReadOnlyMemory<byte> encoded)
{
    /// <summary>Characters of a name's text that are kept: real names have under 300.</summary>
    public const int MaxText = 1024;

    /// <summary>What stands for a name or certificate that cannot be read.</summary>
    public const string Unreadable = "(unreadable)";

    private static readonly byte[] CommonName = [0x55, 0x04, 0x03]; // 2.5.4.3
    private static readonly byte[] Organization = [0x55, 0x04, 0x0A]; // 2.5.4.10

    private string? _text;

    public ReadOnlyMemory<byte> Encoded => encoded;

    public IReadOnlyList<string> CommonNames => Values(CommonName);

    public IReadOnlyList<string> Organizations => Values(Organization);

    /// <summary>For people, for example <c>CN=mx.example.com, O=Example</c>; at most <see cref="MaxText"/> characters.</summary>
    public override string ToString() => _text ??= Text();

    private string Text()
    {
        try
        {
            var text = new X500DistinguishedName(encoded.Span).Name;
            return text.Length <= MaxText ? text : text[..MaxText] + '…';
        }
        catch (CryptographicException)
        {
            return Unreadable;
        }
    }

    private List<string> Values(byte[] attribute)
    {
        var values = new List<string>();
        try
        {
            for (var names = new AsnReader(encoded, AsnEncodingRules.BER).ReadSequence(); names.HasData; )
            {
                for (var set = names.ReadSetOf(skipSortOrderValidation: true); set.HasData; )
                {
                    var pair = set.ReadSequence();
                    var matches = pair.PeekContentBytes().Span.SequenceEqual(attribute);
                    pair.ReadEncodedValue();
                    if (matches)
                        values.Add(Encoding.UTF8.GetString(pair.PeekContentBytes().Span)); // any string type: alike for ASCII
                }
            }
        }
        catch (AsnContentException)
        {
            values.Clear();
        }

        return values;
    }
}
