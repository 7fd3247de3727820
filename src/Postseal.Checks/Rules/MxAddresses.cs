using System.Net;
using Postseal.Checks.Facts;
using Postseal.Checks.Findings;
using Postseal.Protocol;
using Postseal.Resolver.Dns;
using Postseal.Resolver.Mx;
using Postseal.Smtp.Probe;

namespace Postseal.Checks.Rules;

/// <summary>The addresses behind the MX records (RFC 5321 §5.1).</summary>
public static class MxAddresses
{
    // RFC 1918, RFC 6598 (CGNAT), RFC 3927 and RFC 4291 (link-local), RFC 4193 (ULA).
    private static readonly IPNetwork[] PrivateNetworks =
    [
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("fe80::/10"),
        IPNetwork.Parse("fc00::/7"),
    ];

    /// <summary>MX hosts without an address. Mail cannot arrive when no host has one.</summary>
    public static IEnumerable<Finding> Unresolvable(DomainFacts facts)
    {
        var hosts = facts.Hosts.Where(h => !MxRecords.IsLeftover(facts, h)).ToList();
        var level = hosts.All(HasNone) ? Level.Breaks : Level.Warn;
        foreach (var host in hosts.Where(HasNone))
            yield return Finding.Of(
                "mx-unresolvable",
                level,
                host.Host.Name.Value,
                level is Level.Breaks
                    ? $"{host.Host.Name} has no address, nor has any other MX host, so mail cannot arrive."
                    : $"{host.Host.Name} has no address, so it never takes mail.",
                $"Give it one (A or AAAA record), or remove its MX record.",
                ("preference", Wording.Number(host.Host.Preference))
            );

        foreach (var host in hosts.Where(IsUnknown))
            yield return Unknown(host);

        foreach (
            var record in MxRecords.Published(facts.Mx).Where(r => r is { Exchange: null, IsNull: false } && hosts.Count > 0)
        )
            yield return Finding.Of(
                "mx-unresolvable",
                Level.Warn,
                Wording.Quote(record.ExchangeText),
                $"An MX record holds {Wording.Quote(record.ExchangeText)}, which is not a host name, so senders skip it.",
                "An MX record takes a host name; give that host the address.",
                ("exchange", record.ExchangeText)
            );

        if (hosts.Count > 0 && hosts.All(h => Addresses(h).Count > 0))
            yield return Finding.Of("mx-unresolvable", Level.Ok, facts.Domain.Value, "Every MX host has an address.");
    }

    /// <summary>MX hosts that are aliases, which RFC 5321 §5.1 does not allow for.</summary>
    public static IEnumerable<Finding> Alias(DomainFacts facts) =>
        from host in facts.Hosts
        where facts.Mx is not MxLookup.Hosts { IsImplicit: true }
        let aliases = Aliases(host.V4) is { Count: > 0 } v4 ? v4 : Aliases(host.V6)
        where aliases.Count > 0
        select Finding.Of(
            "mx-cname",
            Level.Warn,
            host.Host.Name.Value,
            $"{host.Host.Name} is an alias (CNAME) of {aliases[^1]}, which some senders refuse.",
            $"Give {host.Host.Name} its own A and AAAA records instead of the CNAME.",
            ("aliases", Wording.Joined(aliases.Select(a => a.Value)))
        );

    /// <summary>Addresses that the Internet cannot reach. Loopback and documentation addresses count only where the probe refused them: labs live there.</summary>
    public static IEnumerable<Finding> Private(DomainFacts facts) =>
        from host in facts.Hosts
        let addresses = Addresses(host).Where(a => IsPrivate(host, a)).ToList()
        where addresses.Count > 0
        select Finding.Of(
            "mx-private-ip",
            Level.Warn,
            host.Host.Name.Value,
            $"{host.Host.Name} has an address that cannot be reached over the Internet: {Wording.Series([.. addresses.Select(a => a.ToString())])}.",
            $"Remove it from the public DNS, or replace it by the server's public address.",
            ("addresses", Wording.Joined(addresses.Select(a => a.ToString())))
        );

    /// <summary>Reverse names. Only those that were asked for count.</summary>
    public static IEnumerable<Finding> Reverse(DomainFacts facts)
    {
        foreach (var host in facts.Hosts)
        {
            foreach (var place in PerAddress.Where(host, s => IsAsked(host, s), s => s.Pointers is DnsAnswer<DomainName>.Absent))
                yield return Finding.Of(
                    "mx-ptr",
                    Level.Warn,
                    place.Subject,
                    $"{host.Host.Name} has no reverse name (PTR record); if it also sends mail, many receivers refuse it.",
                    $"Ask whoever runs the network to set the reverse name to {host.Host.Name}.",
                    ("addresses", place.Addresses)
                );

            foreach (var place in PerAddress.Where(host, s => IsAsked(host, s), s => LeadsElsewhere(host, s)))
                yield return Finding.Of(
                    "mx-ptr",
                    Level.Info,
                    place.Subject,
                    $"The reverse name of {host.Host.Name} is another one: {Wording.Series(Names(place.Sessions[0]))}.",
                    null,
                    ("addresses", place.Addresses),
                    ("pointers", Wording.Joined(place.Sessions.SelectMany(Names).Distinct()))
                );
        }
    }

    /// <summary>All addresses of a host that are known.</summary>
    internal static IReadOnlyList<IPAddress> Addresses(MxHostFacts host) => [.. Records(host.V4), .. Records(host.V6)];

    private static Finding Unknown(MxHostFacts host)
    {
        var failed = host.V4 as DnsAnswer<IPAddress>.Failed ?? (DnsAnswer<IPAddress>.Failed)host.V6;
        return Finding.Of(
            "mx-unresolvable",
            Level.Unknown,
            host.Host.Name.Value,
            $"The addresses of {host.Host.Name} could not be looked up.",
            "Try again later; if it stays so, look at the name servers of this name.",
            ("failure", failed.Failure.ToString()),
            ("detail", failed.Detail)
        );
    }

    private static bool HasNone(MxHostFacts host) =>
        host.V4 is DnsAnswer<IPAddress>.Absent && host.V6 is DnsAnswer<IPAddress>.Absent;

    private static bool IsUnknown(MxHostFacts host) => !HasNone(host) && Addresses(host).Count == 0;

    /// <summary>True for an address that <see cref="Private"/> accuses.</summary>
    internal static bool IsPrivate(MxHostFacts host, IPAddress address) =>
        host.Sessions.Any(s => s.Probe.Stop is ProbeStop.AddressRefused && s.Probe.Address.Equals(address))
        || PrivateNetworks.Any(n => n.Contains(address));

    // A private address has one fault, and no reverse name is expected of it; a server that is not reached has none that we know of.
    private static bool IsAsked(MxHostFacts host, SessionFacts session) =>
        session.Pointers is not null
        && session.Probe.Stop is not (ProbeStop.NotConnected or ProbeStop.AddressRefused or ProbeStop.OverBudget)
        && !IsPrivate(host, session.Probe.Address);

    private static bool LeadsElsewhere(MxHostFacts host, SessionFacts session) =>
        session.Pointers is DnsAnswer<DomainName>.Found found
        && !found.Records.Any(n => n.Equals(host.Host.Name) || Aliases(host.V4).Contains(n) || Aliases(host.V6).Contains(n));

    private static List<string> Names(SessionFacts session) =>
        session.Pointers is DnsAnswer<DomainName>.Found found ? [.. found.Records.Select(n => n.Value)] : [];

    private static IReadOnlyList<IPAddress> Records(DnsAnswer<IPAddress> answer) =>
        answer is DnsAnswer<IPAddress>.Found found ? found.Records : [];

    private static IReadOnlyList<DomainName> Aliases(DnsAnswer<IPAddress> answer) =>
        answer switch
        {
            DnsAnswer<IPAddress>.Found found => found.Aliases,
            DnsAnswer<IPAddress>.Absent absent => absent.Aliases,
            _ => [],
        };
}
