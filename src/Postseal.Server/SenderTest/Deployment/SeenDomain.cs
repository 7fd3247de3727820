using System.Net;
using System.Net.Sockets;
using Postseal.Checks;
using Postseal.Checks.Setup;
using Postseal.Lab.Dns;
using Postseal.Lab.Domains;
using Postseal.Lab.Https;
using Postseal.Protocol;
using Postseal.Protocol.MtaSts;
using Postseal.Resolver.Dns;
using Postseal.Resolver.PolicyHost;

namespace Postseal.Server.SenderTest.Deployment;

/// <summary>Everything that was seen of a case's domain from outside; what is made of it is decided elsewhere.</summary>
/// <param name="Wanted">The domain as it should be.</param>
/// <param name="Check">What the checker saw and said.</param>
/// <param name="Hosts">The addresses of each name that should have some.</param>
/// <param name="Policy">What a sender would get that asks the policy host; null where there should be none.</param>
/// <param name="BelievesDnssec">Whether the resolver is trusted with DNSSEC.</param>
internal sealed record SeenDomain(
    LabDomain Wanted,
    CheckResult Check,
    IReadOnlyList<SeenHost> Hosts,
    PolicyFetch? Policy,
    bool BelievesDnssec
)
{
    /// <summary>The policy host as it should be; null where there should be none.</summary>
    public PolicySite? WantedPolicySite => PolicySiteOf(Wanted);

    /// <summary>Looks at a domain. Every question has its own deadline, the check as a whole another one.</summary>
    public static async Task<SeenDomain> LookAsync(LabDomain wanted, Engine engine, DomainCheck check, CancellationToken ct)
    {
        var domain = DomainName.Parse(wanted.Name);
        var result = await check.RunAsync(domain, null, ct);
        var owners = wanted.Records.OfType<ZoneRecord.Address>().Select(a => a.Owner).Distinct(StringComparer.Ordinal);
        var hosts = await Task.WhenAll(owners.Select(o => SeenHost.LookAsync(wanted, o, engine.Dns, ct)));
        var policy = result.Facts.Sts.Fetch;
        // The fault of the record kept the checker from the policy; a sender that overlooks it comes this far.
        if (policy is null && PolicySiteOf(wanted) is not null)
            policy = await engine.PolicyHost.FetchFromEachAsync(domain, ct);
        return new(wanted, result, hosts, policy, engine.DnsOptions.BelievesAd);
    }

    private static PolicySite? PolicySiteOf(LabDomain domain) =>
        domain.Sites.FirstOrDefault(s => s.Host == $"{StsPolicy.HostLabel}.{domain.Name}");
}

/// <summary>A name of the domain that should have addresses.</summary>
/// <param name="Wanted">The addresses in the data of the case: elsewhere they may be others, of the same families.</param>
internal sealed record SeenHost(
    DomainName Name,
    IReadOnlyList<IPAddress> Wanted,
    DnsAnswer<IPAddress> V4,
    DnsAnswer<IPAddress> V6
)
{
    /// <summary>Asks for both families.</summary>
    public static async Task<SeenHost> LookAsync(LabDomain domain, string owner, IDns dns, CancellationToken ct)
    {
        var name = Absolute(owner, domain);
        var v4 = dns.AddressesAsync(name, AddressFamily.InterNetwork, ct);
        var v6 = dns.AddressesAsync(name, AddressFamily.InterNetworkV6, ct);
        await Task.WhenAll(v4, v6);
        var wanted = domain.Records.OfType<ZoneRecord.Address>().Where(a => a.Owner == owner).Select(a => a.Value);
        return new(name, [.. wanted], await v4, await v6);
    }

    /// <summary>Whether there should be addresses of this family.</summary>
    public bool Wants(AddressFamily family) => Wanted.Any(a => a.AddressFamily == family);

    /// <summary>All addresses that are known.</summary>
    public IEnumerable<IPAddress> Addresses => new[] { V4, V6 }.OfType<DnsAnswer<IPAddress>.Found>().SelectMany(a => a.Records);

    /// <summary>The name that an owner of the domain stands for.</summary>
    public static DomainName Absolute(string owner, LabDomain domain) =>
        DomainName.Parse(
            owner switch
            {
                "@" => domain.Name,
                _ when owner.EndsWith('.') => owner,
                _ => $"{owner}.{domain.Name}",
            }
        );
}
