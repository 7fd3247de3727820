using System.Net;
using System.Net.Sockets;
using Postseal.Checks.Setup;
using Postseal.Protocol;

namespace Postseal.Server.Configuration;

/// <summary>Reads <c>[sender-test]</c>.</summary>
internal sealed class SenderTestTable(IReadOnlyDictionary<ServerSetting, Given> given, List<string> problems)
{
    private const int MaxAddresses = 20; // three of each family are of use
    private const int MaxPlaces = 20; // each has three names in each of two certificates, and these end at a hundred
    private const int MaxZone = 150; // of the 255 of a name; a mailbox and the longest label of a case stand before it

    private readonly GivenValues<ServerSetting> _values = new(given, problems);

    /// <summary>The table; null where there is none, or where it cannot be used.</summary>
    /// <param name="data">The data folder.</param>
    /// <param name="site">Where the site itself listens.</param>
    public SenderTestSettings? Read(string data, IReadOnlyList<IPEndPoint> site)
    {
        if (!given.Keys.Any(s => s.Section == ServerSetting.TestZone.Section))
            return null;

        var (zone, addresses) = (Zone(), Addresses(ServerSetting.TestAddresses));
        if (zone is null || addresses is null)
            return null;

        if (addresses.All(a => a.AddressFamily != AddressFamily.InterNetwork))
            _values.Add(ServerSetting.TestAddresses, " has no IPv4 address: most senders would reach nothing");

        var folder = _values.Text(ServerSetting.TestCertificates) ?? Path.Combine(data, "sender-test");
        var standard = new SenderTestSettings(zone, addresses, folder);
        var settings = standard with
        {
            Listen = Listen(addresses),
            HasNameServer = _values.Text(ServerSetting.TestNameServer) != "false",
            HasDnssec = _values.Flag(ServerSetting.TestDnssec),
            Places = _values.Number(ServerSetting.TestPlaces, standard.Places, 1, MaxPlaces),
            DnsPort = Port(ServerSetting.TestDnsPort, standard.DnsPort),
            HttpsPort = Port(ServerSetting.TestHttpsPort, standard.HttpsPort),
            SmtpPort = Port(ServerSetting.TestSmtpPort, standard.SmtpPort),
        };
        Ports(settings, site);
        return settings;
    }

    // All of them are TCP; the name server's is UDP besides.
    private void Ports(SenderTestSettings settings, IReadOnlyList<IPEndPoint> site)
    {
        (ServerSetting Setting, int Port)[] ports =
        [
            (ServerSetting.TestSmtpPort, settings.SmtpPort),
            (ServerSetting.TestHttpsPort, settings.HttpsPort),
            .. settings.HasNameServer ? [(ServerSetting.TestDnsPort, settings.DnsPort)] : ((ServerSetting, int)[])[],
        ];
        foreach (var group in ports.GroupBy(p => p.Port).Where(g => g.Count() > 1))
            problems.Add(
                $"[sender-test] has port {group.Key} for {string.Join(" and ", group.Select(p => p.Setting.Name))}: each needs one of its own"
            );

        foreach (var (setting, port) in ports)
        {
            var taken = site.FirstOrDefault(s => s.Port == port && settings.Listen.Any(a => IsAt(s.Address, a)));
            if (taken is not null)
                problems.Add(
                    $"[sender-test] cannot have port {port} ({setting.Name}): the site itself listens on {taken}; let one of the two have another address"
                );
        }
    }

    // [::] takes IPv4, too.
    private static bool IsAt(IPAddress listener, IPAddress address) =>
        listener.Equals(address)
        || listener.Equals(IPAddress.IPv6Any)
        || listener.Equals(IPAddress.Any) && address.AddressFamily == AddressFamily.InterNetwork;

    private int Port(ServerSetting setting, int standard) => _values.Number(setting, standard, 1, 65535);

    private string? Zone()
    {
        const string allowed = "a domain of your own, such as sendertest.example.org";
        if (_values.Text(ServerSetting.TestZone) is not { } text)
        {
            problems.Add($"[sender-test] needs zone: {allowed}");
            return null;
        }

        return DomainName.TryParse(text, out var name, out _) && name.Value.Contains('.') && name.Value.Length <= MaxZone
            ? name.Value
            : _values.Refuse<string?>(ServerSetting.TestZone, allowed, text, null);
    }

    private List<IPAddress>? Addresses(ServerSetting setting)
    {
        if (_values.Texts(setting) is not { Count: > 0 and <= MaxAddresses } texts)
        {
            if (setting == ServerSetting.TestAddresses)
                problems.Add(
                    "[sender-test] needs addresses: those of this machine that the world knows, such as [\"192.0.2.10\"]"
                );
            else
                _values.Add(setting, $" takes 1 to {MaxAddresses} addresses");

            return null;
        }

        var addresses = new List<IPAddress>();
        foreach (var text in texts)
        {
            if (
                !IPAddress.TryParse(text, out var address)
                || address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != text
            )
                _values.Refuse(setting, "addresses without port, such as 192.0.2.10 or 2001:db8::10", text, 0);
            else if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
                _values.Add(setting, $" has {address}, which is every address; name each that is meant");
            else if (address.IsIPv6Multicast || address.AddressFamily == AddressFamily.InterNetwork && IsOfMany(address))
                _values.Add(setting, $" has {address}, which is not the address of one machine");
            else if (addresses.Contains(address))
                _values.Add(setting, $" has {address} twice");
            else
                addresses.Add(address);
        }

        return addresses;
    }

    // RFC 5771 §3: multicast, 224.0.0.0/4; what lies above is reserved, but for the broadcast address.
    private static bool IsOfMany(IPAddress address) => address.GetAddressBytes()[0] >= 224;

    private IReadOnlyList<IPAddress> Listen(IReadOnlyList<IPAddress> addresses)
    {
        if (_values.Texts(ServerSetting.TestListen) is null || Addresses(ServerSetting.TestListen) is not { } listen)
            return addresses;

        if (!listen.Select(a => a.AddressFamily).SequenceEqual(addresses.Select(a => a.AddressFamily)))
            _values.Add(
                ServerSetting.TestListen,
                " names where to listen for each of sender-test.addresses, in the same order and of the same kind; it does not fit them"
            );

        return listen;
    }
}
