using System.Net;
using Postseal.SystemTests.Sites;

namespace Postseal.SystemTests.Servers;

/// <summary>bind9 as the only authoritative server: the root, the zones of the sites, zones cut out of them, and the reverse zone.</summary>
public sealed class NameServer
{
    private readonly string _folder;
    private readonly LoopbackNet _net;
    private readonly IReadOnlyList<ServedZone> _zones;

    public NameServer(string folder, LoopbackNet net, IReadOnlyList<PlacedSite> sites)
    {
        _folder = folder;
        _net = net;
        var cuts = sites.SelectMany(s => s.Site.Cuts.Select(cut => new ServedZone($"{cut.Label}.{s.Site.Domain}", cut.Signing)));
        ServedZone[] zones =
        [
            new("", Signing.None),
            new(net.ReverseZone, Signing.None),
            .. Zone.All.Select(z => new ServedZone(z.Origin, z.Signing)),
            .. cuts,
        ];
        // Children first: a signed parent takes up the DS records of its children.
        _zones = [.. zones.OrderByDescending(z => z.Origin.Length)];
        foreach (var record in sites.SelectMany(s => s.Records()))
            ZoneOf(record.Owner).Records.Add(record);

        ZoneOf("ns.test").Records.Add(new("ns.test", $"A {net.NameServer.Address}"));
        foreach (var zone in _zones.Where(z => z.Origin.Length > 0))
            ParentOf(zone).Records.Add(new(zone.Origin, "NS ns.test."));
    }

    /// <summary>The public keys of the signed zones of the sites, as records: trust anchors for the resolver.</summary>
    public string TrustAnchors => Path.Combine(_folder, "trust-anchors");

    /// <summary>The zones it answers for, without the final dot.</summary>
    public IEnumerable<string> Origins => _zones.Select(z => z.Origin);

    /// <summary>Writes and signs the zones, then starts the server.</summary>
    public async Task<ServerProcess> StartAsync(CancellationToken ct)
    {
        foreach (var zone in _zones.Where(z => z.Signing != Signing.ServerFails))
            await WriteAsync(zone, ct);

        await File.WriteAllTextAsync(Path.Combine(_folder, "named.conf"), Configuration(_net.NameServer), ct);
        var program = Unconfined.Copy("named", _folder);
        var server = _net.Start("named", program, "-g", "-n", "1", "-c", Path.Combine(_folder, "named.conf"));
        await server.WaitForLogAsync("all zones loaded", ct);
        await server.WaitForListenerAsync(_net.NameServer, ct);
        return server;
    }

    private async Task WriteAsync(ServedZone zone, CancellationToken ct)
    {
        var file = Path.Combine(_folder, zone.File);
        var children = zone.Signing == Signing.None ? [] : _zones.Where(z => z.Origin.Length > 0 && ParentOf(z) == zone);
        var delegationSigners = children.Select(z => Path.Combine(_folder, $"dsset-{z.Origin}.")).Where(File.Exists);
        string[] lines =
        [
            "$TTL 300",
            $"{zone.Origin}. SOA ns.test. hostmaster.test. 1 3600 600 86400 60",
            $"{zone.Origin}. NS ns.test.",
            .. zone.Records.Select(r => $"{r.Owner}. {r.Data}"),
            .. delegationSigners.SelectMany(File.ReadLines),
        ];
        await File.WriteAllLinesAsync(file, lines, ct);
        if (zone.Signing == Signing.None)
            return;

        string[] newKey = ["-q", "-K", _folder, "-a", "ECDSAP256SHA256", "-f", "KSK", zone.Origin];
        var key = (await Tool.MustRunAsync("dnssec-keygen", newKey, ct)).Trim();
        if (Zone.All.Any(z => z.Origin == zone.Origin))
            await File.AppendAllLinesAsync(TrustAnchors, File.ReadLines(Path.Combine(_folder, key + ".key")), ct);

        // Expired a month ago: -P, or the signer would refuse its own work.
        string[] times = zone.Signing == Signing.Expired ? ["-P", "-s", "now-5184000", "-e", "now-2592000"] : [];
        string[] sign = ["-q", "-z", "-S", "-K", _folder, "-d", _folder, "-o", zone.Origin, "-f", file, .. times, file];
        await Tool.MustRunAsync("dnssec-signzone", sign, ct);
    }

    private string Configuration(IPEndPoint place)
    {
        var zones = _zones.Select(zone =>
            zone.Signing == Signing.ServerFails
                ? $"zone \"{zone.Origin}\" {{ type secondary; primaries {{ {place.Address} port 1; }}; }};"
                : $"zone \"{zone.Origin}.\" {{ type primary; file \"{zone.File}\"; }};"
        );
        return $$"""
            options {
                directory "{{_folder}}";
                pid-file none;
                session-keyfile none;
                listen-on port {{place.Port}} { {{place.Address}}; };
                listen-on-v6 { none; };
                recursion no;
                dnssec-validation no;
                notify no;
            };
            controls { };
            {{string.Join('\n', zones)}}
            """;
    }

    private ServedZone ZoneOf(string name) => _zones.First(z => IsIn(name, z.Origin));

    private ServedZone ParentOf(ServedZone child) => _zones.First(z => z != child && IsIn(child.Origin, z.Origin));

    private static bool IsIn(string name, string origin) =>
        origin.Length == 0 || name == origin || name.EndsWith('.' + origin, StringComparison.Ordinal);

    private sealed class ServedZone(string origin, Signing signing)
    {
        public string Origin => origin;
        public Signing Signing => signing;
        public string File => origin.Length == 0 ? "root.zone" : $"{origin}.zone";
        public List<DnsRecord> Records { get; } = [];
    }
}
