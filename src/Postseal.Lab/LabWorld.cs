using System.Collections.Frozen;
using System.Net;
using Postseal.Lab.Certificates;
using Postseal.Lab.Dns;
using Postseal.Lab.Domains;
using Postseal.Lab.Https;
using Postseal.Lab.Smtp;

namespace Postseal.Lab;

/// <summary>All domains of the lab as they are at one moment, in the form that each server looks things up in. Never changes.</summary>
internal sealed class LabWorld
{
    private readonly FrozenDictionary<IPAddress, PolicySite> _sites;
    private readonly FrozenDictionary<IPAddress, Receiver> _receivers;
    private readonly FrozenDictionary<string, Leaf> _leaves;

    /// <param name="smtpPort">The port of every mail server, for the owners of TLSA records.</param>
    public LabWorld(IReadOnlyList<LabDomain> domains, int smtpPort)
    {
        Domains = domains;
        Zones = LabZones.Of(domains, smtpPort);
        _sites = domains.SelectMany(d => d.Sites).ToFrozenDictionary(s => s.Address);
        _receivers = domains.SelectMany(d => d.Receivers).ToFrozenDictionary(r => r.Address);
        _leaves = _receivers
            .Values.GroupBy(r => r.Host)
            .ToFrozenDictionary(g => g.Key, g => g.First().Tls.Leaf, StringComparer.Ordinal);
    }

    public IReadOnlyList<LabDomain> Domains { get; }

    public ZoneData Zones { get; }

    /// <summary>The addresses of the policy hosts.</summary>
    public IReadOnlyList<IPAddress> SiteAddresses => _sites.Keys;

    /// <summary>The addresses of the mail servers.</summary>
    public IReadOnlyList<IPAddress> ReceiverAddresses => _receivers.Keys;

    /// <summary>The policy host at an address; null if it stands there no more.</summary>
    public PolicySite? Site(IPAddress address) => _sites.GetValueOrDefault(address);

    /// <summary>The mail server at an address; null if it stands there no more.</summary>
    public Receiver? Receiver(IPAddress address) => _receivers.GetValueOrDefault(address);

    /// <summary>What the mail server of this name presents.</summary>
    public Leaf LeafOf(string host) => _leaves[host];
}
