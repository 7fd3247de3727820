using Postseal.Lab.Dns;
using static Postseal.Lab.Domains.LabDomains;

namespace Postseal.Lab.Domains;

/// <summary>Domains without a fault, and those that others lean on.</summary>
internal static class HealthyDomains
{
    public static LabDomain[] All { get; } =
    [
        Healthy,
        Good("testing", "Nothing: a policy in testing mode")
            .PolicyLines("version: STSv1", "mode: testing", "mx: mx1.testing.lab.test", "max_age: 86400"),
        Bare("nothing", "Nothing: publishes no policy and no report address; opportunistic TLS works"),
        ReportHome,
        OtherOrganisation,
    ];

    /// <summary>All there is, and all in order.</summary>
    private static LabDomain Healthy =>
        Good("healthy", "Nothing: enforce, TLS reports, DANE, two MX hosts")
            .AddMx2()
            .Add(
                new ZoneRecord.TlsaOf("_25._tcp.mx1", 3, 1, 1, "mx1"),
                new ZoneRecord.TlsaOf("_25._tcp.mx2", 3, 1, 1, "mx2")
            ) with
        {
            HasDnssec = true,
        };

    /// <summary>The mailbox of everyone's TLS reports, in the zone itself, so that it belongs to the same organisation.</summary>
    private static LabDomain ReportHome =>
        new LabDomain(Zone, "Nothing: takes the TLS reports of all domains here").AddReceiver("mx", 25).Mx((10, "mx"));

    private static LabDomain OtherOrganisation =>
        new LabDomain("other.test", "Nothing: another organisation").AddReceiver("mx", 25).Mx((10, "mx"));
}
