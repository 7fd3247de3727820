using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using ARSoft.Tools.Net.Dns;
using Postseal.Lab.Certificates;

namespace Postseal.Lab.Dns;

/// <summary>Turns the lab's records into wire records.</summary>
/// <param name="authority">For <see cref="ZoneRecord.TlsaOf"/>.</param>
internal sealed class RecordWriter(LabAuthority authority)
{
    private readonly ConcurrentDictionary<string, int> _answers = new(StringComparer.Ordinal);

    /// <param name="record">With absolute names.</param>
    /// <param name="world">Where the record is from.</param>
    public DnsRecordBase Write(ZoneRecord record, LabWorld world)
    {
        var owner = NameText.ToWire(record.Owner);
        return record switch
        {
            ZoneRecord.Txt txt => Raw(RecordType.Txt, [.. txt.Strings.SelectMany(s => CharacterString(s.ToArray()))]),
            ZoneRecord.ChangingTxt txt => Raw(
                RecordType.Txt,
                [.. CharacterString(Encoding.UTF8.GetBytes(txt.Text(_answers.AddOrUpdate(record.Owner, 1, (_, n) => n + 1))))]
            ),
            ZoneRecord.Address { Value: { AddressFamily: AddressFamily.InterNetwork } v4 } => new ARecord(owner, record.Ttl, v4),
            ZoneRecord.Address { Value: var v6 } => new AaaaRecord(owner, record.Ttl, v6),
            ZoneRecord.Mx mx => new MxRecord(owner, record.Ttl, checked((ushort)mx.Preference), NameText.ToWire(mx.Exchange)),
            ZoneRecord.Cname cname => new CNameRecord(owner, record.Ttl, NameText.ToWire(cname.Target)),
            ZoneRecord.Reverse reverse => new PtrRecord(owner, record.Ttl, NameText.ToWire(reverse.Target)),
            ZoneRecord.Tlsa tlsa => Raw(RecordType.Tlsa, [tlsa.Usage, tlsa.Selector, tlsa.Matching, .. tlsa.Data]),
            ZoneRecord.TlsaOf of => Raw(RecordType.Tlsa, [of.Usage, of.Selector, of.Matching, .. Association(of, world)]),
            _ => throw new ArgumentOutOfRangeException(nameof(record)),
        };

        // Raw, because the library's own classes cannot hold bytes that break the rules.
        UnknownRecord Raw(RecordType type, byte[] data) => new(owner, type, RecordClass.INet, record.Ttl, data);
    }

    // RFC 1035 §3.3: a length octet comes first.
    private static IEnumerable<byte> CharacterString(byte[] text) => text.Prepend(checked((byte)text.Length));

    // RFC 6698 §2.1: usage picks the certificate, selector the part of it, matching type the digest.
    private byte[] Association(ZoneRecord.TlsaOf of, LabWorld world)
    {
        var chain = authority.Chain(world.LeafOf(of.Server), of.Server);
        var certificate = of.Usage is 0 or 2 ? chain.Issuer : chain.Leaf;
        var part = of.Selector == 0 ? certificate.RawData : certificate.PublicKey.ExportSubjectPublicKeyInfo();
        return of.Matching switch
        {
            0 => part,
            1 => SHA256.HashData(part),
            _ => SHA512.HashData(part),
        };
    }
}
