using System.Globalization;
using System.Net;
using Postseal.Lab.Dns;

namespace Postseal.Lab.Domains;

/// <summary>Collects the records of all domains, and what goes without saying: reverse names, TLSA at the real port.</summary>
internal static class LabZones
{
    private const string MailTlsa = "_25._tcp";

    public static ZoneData Of(IReadOnlyList<LabDomain> domains, int smtpPort)
    {
        (string, bool)[] reverse = [("127.in-addr.arpa", true), ("ip6.arpa", true)];
        var zones = domains.Select(d => (d.Name, d.HasDnssec)).Concat(reverse);
        var forward = domains.SelectMany(d => d.Records.Select(r => Absolute(r, d.Name)));
        // The reverse names of other addresses than loopback are not ours to give.
        var pointers = domains
            .SelectMany(d => d.Receivers)
            .Where(r => r.ReverseName is not null && IPAddress.IsLoopback(r.Address));
        return new(
            zones,
            [
                .. forward.SelectMany(r => AtPort(r, smtpPort)),
                .. pointers.Select(r => new ZoneRecord.Reverse(ReverseName(r.Address), r.ReverseName!)),
            ]
        );
    }

    /// <summary>The name of an address for PTR (RFC 1035 §3.5, RFC 3596 §2.5).</summary>
    internal static string ReverseName(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        Array.Reverse(bytes);
        return bytes.Length == 4
            ? $"{string.Join('.', bytes)}.in-addr.arpa"
            : $"{string.Join('.', bytes.SelectMany(b => new[] { Hex(b & 15), Hex(b >> 4) }))}.ip6.arpa";

        static string Hex(int nibble) => nibble.ToString("x", CultureInfo.InvariantCulture);
    }

    private static ZoneRecord Absolute(ZoneRecord record, string domain)
    {
        var owned = record with { Owner = NameText.Absolute(record.Owner, domain) };
        return owned switch
        {
            ZoneRecord.Mx mx => mx with { Exchange = mx.Exchange == "." ? "" : NameText.Absolute(mx.Exchange, domain) },
            ZoneRecord.Cname cname => cname with { Target = NameText.Absolute(cname.Target, domain) },
            ZoneRecord.Reverse reverse => reverse with { Target = NameText.Absolute(reverse.Target, domain) },
            ZoneRecord.TlsaOf tlsa => tlsa with { Server = NameText.Absolute(tlsa.Server, domain) },
            _ => owned,
        };
    }

    // RFC 7672 §2.2.3: the query name holds the real port, which in a lab is not 25.
    private static IEnumerable<ZoneRecord> AtPort(ZoneRecord record, int smtpPort)
    {
        yield return record;
        if (smtpPort != 25 && record.Owner.StartsWith(MailTlsa, StringComparison.Ordinal))
            yield return record with
            {
                Owner = $"_{smtpPort}._tcp{record.Owner[MailTlsa.Length..]}",
            };
    }
}
