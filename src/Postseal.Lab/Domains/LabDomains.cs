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
    internal static LabDomain Bare(string label, string fault) => LabDomain.Plain($"{label}.{Zone}", fault);

    private static LabDomain AddTlsRpt(this LabDomain domain) =>
        domain.Txt("_smtp._tls", $"v=TLSRPTv1; rua=mailto:tls-reports@{Zone}");
}
