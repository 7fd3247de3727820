using System.Collections.Frozen;
using System.Collections.Immutable;
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
    private readonly FrozenDictionary<IPAddress, ImmutableArray<PolicySite>> _sites;
    private readonly FrozenDictionary<IPAddress, Front> _fronts;
    private readonly FrozenDictionary<string, Leaf> _leaves;

    /// <param name="smtpPort">The port of every mail server, for the owners of TLSA records.</param>
    /// <param name="frontName">What a mail server calls itself that shares its address with others.</param>
    public LabWorld(IReadOnlyList<LabDomain> domains, int smtpPort, string frontName)
    {
        Domains = domains;
        Zones = LabZones.Of(domains, smtpPort);
        _sites = domains
            .SelectMany(d => d.Sites)
            .GroupBy(s => s.Address)
            .ToFrozenDictionary(g => g.Key, g => g.ToImmutableArray());
        _fronts = domains
            .SelectMany(d => d.Receivers.Select(r => (Receiver: r, d.Name)))
            .GroupBy(m => m.Receiver.Address)
            .ToFrozenDictionary(g => g.Key, g => Front.Of(g.Key, [.. g], frontName));
        _leaves = domains
            .SelectMany(d => d.Receivers)
            .GroupBy(r => r.Host)
            .ToFrozenDictionary(g => g.Key, g => g.First().Tls.Leaf, StringComparer.Ordinal);
    }

    public IReadOnlyList<LabDomain> Domains { get; }

    public ZoneData Zones { get; }

    /// <summary>The addresses of the policy hosts.</summary>
    public IReadOnlyList<IPAddress> SiteAddresses => _sites.Keys;

    /// <summary>The addresses of the mail servers.</summary>
    public IReadOnlyList<IPAddress> ReceiverAddresses => _fronts.Keys;

    /// <summary>The policy hosts at an address; none if they stand there no more.</summary>
    public ImmutableArray<PolicySite> SitesAt(IPAddress address) => _sites.GetValueOrDefault(address, []);

    /// <summary>The mail servers at an address; null if none stands there any more.</summary>
    public Front? FrontAt(IPAddress address) => _fronts.GetValueOrDefault(address);

    /// <summary>What the mail server of this name presents.</summary>
    public Leaf LeafOf(string host) => _leaves[host];
}
