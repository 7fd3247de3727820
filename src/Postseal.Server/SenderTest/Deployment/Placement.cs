using System.Net;
using System.Net.Sockets;
using Postseal.Lab.Dns;
using Postseal.Lab.Domains;
using Postseal.Lab.Smtp;
using Postseal.Server.Configuration;

namespace Postseal.Server.SenderTest.Deployment;

/// <summary>
/// Gives the servers of a case public addresses in place of those on loopback. Nearly all share one: SNI tells which of them a client means, and before the handshake they are all alike. A server without STARTTLS
/// never gets that far and needs an address of its own. Two servers of one domain share theirs, but for a sender without SNI a third address is better.
/// </summary>
internal sealed class Placement(SenderTestSettings settings)
{
    private const int ForAll = 0;
    private const int WithoutTls = 1;
    private const int OfTwo = 2;

    private readonly ILookup<AddressFamily, (IPAddress Public, IPAddress Local)> _addresses = settings
        .Addresses.Zip(settings.Listen)
        .ToLookup(a => a.First.AddressFamily);

    /// <summary>The address that all names without a server of their own have.</summary>
    public IEnumerable<IPAddress> Common => _addresses.Select(family => family.First().Public);

    /// <summary>Whether there are addresses for all of a domain's servers.</summary>
    public bool HasRoomFor(LabDomain domain) => domain.Receivers.All(r => SlotsOf(domain, r).Any());

    /// <summary>The domain at its public addresses.</summary>
    public LabDomain Of(LabDomain domain)
    {
        var records = domain.Records.SelectMany(record =>
            record is ZoneRecord.Address address
                ? SlotsOf(domain, address).Select(slot => (ZoneRecord)(address with { Value = slot.Public }))
                : [record]
        );
        return domain with
        {
            Records = [.. records],
            Sites = [.. domain.Sites.SelectMany(s => Slots(ForAll, s.Address).Select(slot => s with { Address = slot.Local }))],
            Receivers = [.. domain.Receivers.SelectMany(r => SlotsOf(domain, r).Select(slot => r with { Address = slot.Local }))],
        };
    }

    private IEnumerable<(IPAddress Public, IPAddress Local)> SlotsOf(LabDomain domain, ZoneRecord.Address record) =>
        domain.Receivers.FirstOrDefault(r => r.Host == $"{record.Owner}.{domain.Name}") is { } receiver
            ? SlotsOf(domain, receiver)
            : Slots(ForAll, record.Value);

    private IEnumerable<(IPAddress Public, IPAddress Local)> SlotsOf(LabDomain domain, Receiver receiver)
    {
        if (!receiver.OffersStartTls)
            return Slots(WithoutTls, receiver.Address);

        var isFirstOfTwo = domain.Receivers.Length > 1 && receiver == domain.Receivers[0];
        return isFirstOfTwo && Slots(OfTwo, receiver.Address).ToArray() is [_, ..] own ? own : Slots(ForAll, receiver.Address);
    }

    // What stands at an IPv6 address in the catalogue is about IPv6; all else has both families.
    private IEnumerable<(IPAddress Public, IPAddress Local)> Slots(int number, IPAddress planned) =>
        _addresses
            .Where(family => planned.AddressFamily != AddressFamily.InterNetworkV6 || family.Key == AddressFamily.InterNetworkV6)
            .SelectMany(family => family.Skip(number).Take(1));
}
