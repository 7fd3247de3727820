using Postseal.Lab.Dns;
using Postseal.Lab.Https;

namespace Postseal.Lab.Domains;

/// <summary>Every domain of the lab. For each finding id there is one of that name; all that is not its fault is healthy.</summary>
public static class LabDomains
{
    /// <summary>The zone all of them live in.</summary>
    public const string Zone = "lab.test";

    /// <summary>All, the healthy ones first, then about in the order of the catalogue, then the hostile ones.</summary>
    public static IReadOnlyList<LabDomain> All { get; } =
    [
        .. HealthyDomains.All,
        .. DiscoveryRecordDomains.All,
        .. PolicyHostDomains.All,
        .. PolicyHttpDomains.All,
        .. PolicyTextDomains.All,
        .. MxRecordDomains.All,
        .. MxReachDomains.All,
        .. MxTlsDomains.All,
        .. ReportRecordDomains.All,
        .. DaneDomains.All,
        .. HostileDomains.All,
    ];

    /// <summary>A domain with one MX, a valid enforce policy and a report address; no DANE, so that MTA-STS decides.</summary>
    internal static LabDomain Good(string label, string fault) => Bare(label, fault).AddSts().AddTlsRpt();

    /// <summary>A domain with one healthy MX and nothing else.</summary>
    internal static LabDomain Bare(string label, string fault) =>
        new LabDomain($"{label}.{Zone}", fault).AddReceiver("mx1", 25).Mx((10, "mx1"));

    private static LabDomain AddSts(this LabDomain domain)
    {
        var address = domain.Address(80);
        return (domain with { Sites = [new PolicySite($"mta-sts.{domain.Name}", address)] })
            .Txt("_mta-sts", $"v=STSv1; id={LabDomain.PolicyId};")
            .Add(new ZoneRecord.Address("mta-sts", address))
            .Enforce($"mx1.{domain.Name}");
    }

    private static LabDomain AddTlsRpt(this LabDomain domain) =>
        domain.Txt("_smtp._tls", $"v=TLSRPTv1; rua=mailto:tls-reports@{Zone}");
}
