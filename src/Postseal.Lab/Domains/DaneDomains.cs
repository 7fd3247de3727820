using Postseal.Lab.Dns;
using static Postseal.Lab.Domains.LabDomains;

namespace Postseal.Lab.Domains;

/// <summary>Faults of TLSA records. All of these domains are signed; else TLSA counts for nothing.</summary>
internal static class DaneDomains
{
    private const string Owner = "_25._tcp.mx1";

    private static readonly ZoneRecord Right = new ZoneRecord.TlsaOf(Owner, 3, 1, 1, "mx1");

    public static LabDomain[] All { get; } =
    [
        .. new[]
        {
            Good("dane-present", "Only one of two MX hosts has a TLSA record").AddMx2().Add(Right),
            Good("dane-dnssec-bogus", "The TLSA answer fails DNSSEC validation").Add(new ZoneRecord.Fault(Owner, DnsFault.Bogus)),
            Good("dane-params", "A TLSA record with a digest of the wrong length stands beside a good one")
                .Add(Right, new ZoneRecord.Tlsa(Owner, 3, 1, 1, [.. Digest(31)])),
            Good("dane-mismatch", "The TLSA record is for another key; no MTA-STS").WithoutSts().Add(Wrong(3)),
            Good("dane-no-rollover", "A TLSA record names an issuer that the MX host does not show").Add(Right, Wrong(2)),
            Good("dane-cert-usage-pkix", "A TLSA record of usage 1 stands beside a good one")
                .Add(Right, new ZoneRecord.TlsaOf(Owner, 1, 1, 1, "mx1")),
            Good("dane-sts-conflict", "MTA-STS is in order, but the TLSA record is for another key").Add(Wrong(3)),
        }.Select(d => d with { HasDnssec = true }),
    ];

    private static ZoneRecord.Tlsa Wrong(byte usage) => new(Owner, usage, 1, 1, [.. Digest(32)]);

    private static IEnumerable<byte> Digest(int length) => Enumerable.Repeat((byte)0x5e, length);

    private static LabDomain WithoutSts(this LabDomain domain) =>
        domain.Without("_mta-sts").Without("mta-sts") with
        {
            Sites = [],
        };
}
