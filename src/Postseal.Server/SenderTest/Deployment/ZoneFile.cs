using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Postseal.Lab.Dns;
using Postseal.Lab.Domains;
using Postseal.Server.Configuration;

namespace Postseal.Server.SenderTest.Deployment;

/// <summary>The zone of a deployment as a master file (RFC 1035 §5).</summary>
/// <param name="settings">The deployment.</param>
/// <param name="domains">The cases that are offered, at their public addresses.</param>
/// <param name="ownKeyDigest">Of the key whose certificates nobody trusts.</param>
/// <param name="made">When the file is made: a secondary takes a zone over whose serial is later than that of its own.</param>
internal sealed class ZoneFile(
    SenderTestSettings settings,
    IReadOnlyList<LabDomain> domains,
    ImmutableArray<byte> ownKeyDigest,
    DateTimeOffset made
)
{
    private const int Ttl = 300;
    private const int MaxString = 255; // RFC 1035 §3.3

    // A zone that is not signed can be delegated as a whole; in a signed one, what changes while tests run is left to our own name server.
    private bool IsDelegatedWhole => settings is { HasNameServer: true, HasDnssec: false };

    /// <summary>The file; with name servers a whole zone, without them the part that belongs below the SOA.</summary>
    /// <param name="nameServers">Of the operator, absolute.</param>
    public string Text(IReadOnlyList<string> nameServers)
    {
        var text = new StringBuilder();
        Line(text, $"; {settings.Zone}: domains of the sender test, made by postseal-server sender-test zone");
        if (IsDelegatedWhole)
        {
            Line(text, "; These lines belong into the zone above; all else this server answers itself.");
            Line(text, $"{settings.Zone}. {Ttl} IN NS {settings.NameServer}.");
            Addresses(text, $"{settings.NameServer}.");
            return text.ToString();
        }

        Line(text, $"$ORIGIN {settings.Zone}.");
        Line(text, $"$TTL {Ttl}");
        if (nameServers.Count > 0)
            Line(
                text,
                $"@ IN SOA {nameServers[0]}. hostmaster.{settings.Zone}. {made.ToUnixTimeSeconds()} 3600 600 1209600 {Ttl}"
            );
        else
            Line(text, "; SOA and NS of this zone are yours, and stand above.");

        foreach (var server in nameServers)
            Line(text, $"@ IN NS {server}.");

        if (settings.HasNameServer)
            Addresses(text, "ns");

        Addresses(text, "mx");
        foreach (var domain in domains)
            Case(text, domain);

        return text.ToString();
    }

    private void Case(StringBuilder text, LabDomain domain)
    {
        var label = domain.Name[..^(settings.Zone.Length + 1)];
        if (settings.HasNameServer && !domain.HasDnssec)
        {
            Line(text, $"{label} IN NS ns");
            return;
        }

        Line(text, $"; {label}: {domain.Fault}");
        foreach (var record in domain.Records)
            Line(text, $"{(record.Owner == "@" ? label : $"{record.Owner}.{label}")} {record.Ttl} IN {Data(record, domain)}");
    }

    private void Addresses(StringBuilder text, string owner)
    {
        foreach (var address in new Placement(settings).Common)
            Line(text, $"{owner} {Ttl} IN {Data(address)}");
    }

    private string Data(ZoneRecord record, LabDomain domain) =>
        record switch
        {
            ZoneRecord.Txt txt => $"TXT {string.Join(' ', txt.Strings.Select(s => Quoted(s.Span)))}",
            ZoneRecord.Address address => Data(address.Value),
            ZoneRecord.Mx mx => string.Create(CultureInfo.InvariantCulture, $"MX {mx.Preference} {mx.Exchange}.{domain.Name}."),
            ZoneRecord.Tlsa tlsa => Tlsa(tlsa.Usage, tlsa.Selector, tlsa.Matching, tlsa.Data),
            ZoneRecord.TlsaOf of when IsOwn(of, domain) => Tlsa(of.Usage, of.Selector, of.Matching, ownKeyDigest),
            _ => throw new NotSupportedException($"no case has such a record: {record}"),
        };

    // RFC 7672 §3.1.1: such a record goes with a certificate that no authority has to vouch for, and so only our own key can be meant.
    private static bool IsOwn(ZoneRecord.TlsaOf of, LabDomain domain) =>
        of is { Usage: 3, Selector: 1, Matching: 1 }
        && domain.Receivers.All(r => Certificates.KindOf(r.Tls.Leaf) == CertificateKind.Untrusted);

    private static string Data(IPAddress address) =>
        $"{(address.AddressFamily == AddressFamily.InterNetwork ? "A" : "AAAA")} {address}";

    private static string Tlsa(byte usage, byte selector, byte matching, ImmutableArray<byte> data) =>
        string.Create(CultureInfo.InvariantCulture, $"TLSA {usage} {selector} {matching} {Convert.ToHexString(data.AsSpan())}");

    private static string Quoted(ReadOnlySpan<byte> text)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, MaxString);
        var quoted = new StringBuilder("\"");
        foreach (var b in text)
        {
            if (b is (byte)'"' or (byte)'\\')
                quoted.Append('\\').Append((char)b);
            else if (b is >= 0x20 and < 0x7f)
                quoted.Append((char)b);
            else
                quoted.Append(CultureInfo.InvariantCulture, $"\\{b:D3}");
        }
        return quoted.Append('"').ToString();
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
