using System.Globalization;
using System.Net;
using System.Text;
using Postseal.Lab.Dns;
using static Postseal.Lab.Domains.LabDomains;

namespace Postseal.Lab.Domains;

/// <summary>
/// What the owner of a domain can do to those who check it, and through them to others: for each way the worst that a zone has room for. Not among
/// <see cref="LabDomains.All"/>: they need hundreds of addresses. What a check of each may cost is stated in docs/limits.md and held by a test.
/// </summary>
public static class WorstDomains
{
    private const int Hosts = 20;
    private const int AddressesOfHost = 8;
    private const int MaxString = 255; // RFC 1035 §3.3

    /// <summary>All of them.</summary>
    public static IReadOnlyList<LabDomain> All { get; } =
    [Targets(), HostsWithLongChains(), Aliases(), Talkers(), Policy(), OneAddress()];

    // Ten report addresses, their hosts at 1,500 addresses each, where nothing of ours is.
    private static LabDomain Targets()
    {
        var domain = Good("worst-targets", "Ten report addresses whose hosts have 1,500 addresses each, some at other ports");
        var labels = Enumerable.Range(0, 10).Select(i => $"r{Text(i)}").ToList();
        foreach (var (i, label) in labels.Index())
            domain = domain.Add([.. Enumerable.Range(0, 1500).Select(n => new ZoneRecord.Address(label, Nowhere(i, n)))]);

        var rua = labels.Index().Select(l => $"https://{l.Item}.{domain.Name}{(l.Index % 3 == 2 ? ":25" : "")}/");
        var record = Encoding.ASCII.GetBytes($"v=TLSRPTv1; rua={string.Join(',', rua)}");
        return domain
            .Without("_smtp._tls")
            .Add(new ZoneRecord.Txt("_smtp._tls", [.. record.Chunk(MaxString).Select(s => new ReadOnlyMemory<byte>(s))]));
    }

    // Twice as many hosts as are looked at, all of them many addresses, all with a chain that is too long, and eight anchors in DNS.
    private static LabDomain HostsWithLongChains()
    {
        var domain = Many(
            "worst-hosts",
            "Forty MX hosts at eight addresses each, with chains of thirteen issuers and eight TLSA records"
        ) with
        {
            HasDnssec = true,
        };
        foreach (var label in Labels())
        {
            foreach (var usage in new byte[] { 2, 3 })
            {
                foreach (var selector in new byte[] { 0, 1 })
                {
                    domain = domain.Add(
                        new ZoneRecord.TlsaOf($"_25._tcp.{label}", 2, selector, (byte)(usage - 1), label),
                        new ZoneRecord.Tlsa($"_25._tcp.{label}", usage, selector, 1, [.. Enumerable.Repeat((byte)usage, 32)])
                    );
                }
            }
        }

        return domain.ReceiverTls(Faces.LongWay);
    }

    // Every name an alias of an alias; every question is many.
    private static LabDomain Aliases()
    {
        var domain = Many("worst-aliases", "Forty MX hosts whose names are aliases of aliases") with { HasDnssec = true };
        foreach (var label in Labels())
        {
            domain = domain with
            {
                Records = domain.Records.RemoveAll(r => r is ZoneRecord.Mx { Exchange: var e } && e == label),
            };
            for (var link = 0; link < 8; link++)
                domain = domain.Add(
                    new ZoneRecord.Cname(Link(label, link), link == 7 ? label : Link(label, link + 1)),
                    new ZoneRecord.Cname($"_25._tcp.{Link(label, link)}", $"_25._tcp.{Link(label, link + 1)}")
                );

            domain = domain.Add(new ZoneRecord.Mx("@", 10, Link(label, 0)));
        }

        return domain;
    }

    // Servers that talk as much as a reply may have.
    private static LabDomain Talkers() =>
        Many("worst-talkers", "Forty MX hosts that say as much as one connection may hold")
            .Receiver(r => r with { Keywords = [.. Enumerable.Range(0, 120).Select(i => $"X{Text(i)} {new string('x', 500)}")] });

    // As many patterns as 64 KB hold, at as many addresses as a name may have, behind a chain that is too long.
    private static LabDomain Policy()
    {
        var domain = Good("worst-policy", "The policy host has 40 addresses, a chain of thirteen issuers and 3,000 mx lines");
        domain = domain.Enforce([.. Enumerable.Range(0, 3000).Select(i => $"m{Text(i)}.test")]);
        for (byte i = 0; i < 39; i++)
            domain = domain.AddSite(domain.Address((byte)(100 + i)), s => s);

        return domain.SiteTls(Faces.LongWay);
    }

    // Twenty names for one server: of a provider, say, that others are customers of.
    private static LabDomain OneAddress()
    {
        var domain = Good("worst-names", "Twenty MX hosts, all at one address");
        return domain
            .Add([.. Labels().Select(label => new ZoneRecord.Address(label, domain.Address(25)))])
            .Mx([.. Labels().Select(l => (10, l))])
            .Enforce($"*.{domain.Name}");
    }

    private static LabDomain Many(string name, string fault)
    {
        var domain = Good(name, fault);
        foreach (var (i, label) in Labels().Index())
        {
            for (var n = 0; n < AddressesOfHost; n++)
                domain = domain.AddReceiver(label, Host(domain, (i * AddressesOfHost) + n));
        }

        return domain
            .Mx([.. Labels().Select(l => (10, l)), .. Enumerable.Range(0, Hosts).Select(i => (20, $"spare{Text(i)}"))])
            .Enforce($"*.{domain.Name}");
    }

    private static IEnumerable<string> Labels() => Enumerable.Range(0, Hosts).Select(i => $"mx{Text(i + 2)}");

    private static string Link(string label, int link) => $"alias{Text(link)}-{label}";

    // A loopback address of the domain's own network: the last octet of LabDomain.Address, and the one before.
    private static IPAddress Host(LabDomain domain, int number) => domain.Address((byte)(number % 200 + 30));

    private static IPAddress Nowhere(int host, int number) =>
        new([127, (byte)(230 + host), (byte)(number / 250), (byte)(number % 250 + 1)]);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
