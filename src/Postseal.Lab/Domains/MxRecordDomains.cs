using System.Net;
using Postseal.Lab.Dns;
using static Postseal.Lab.Domains.LabDomains;

namespace Postseal.Lab.Domains;

/// <summary>Faults of the MX records, and of the policy held against them.</summary>
internal static class MxRecordDomains
{
    // Without a scope no system even tries to reach such an address, so nothing leaves the lab.
    private static readonly IPAddress LinkLocal = IPAddress.Parse("fe80::25");

    public static LabDomain[] All { get; } =
    [
        Implicit("mx-none", "No MX record: mail goes to the domain's own address"),
        new LabDomain("mx-null.lab.test", "Nothing: the domain takes no mail (null MX)").Mx((0, ".")),
        Good("mx-null-conflict", "A null MX stands beside a real one").Mx((0, "."), (10, "mx1")),
        Good("mx-uncovered", "The policy still names the former provider's MX").Enforce("mx.other.test"),
        Good("mx-partly-uncovered", "The policy names only one of two MX hosts")
            .AddMx2()
            .Enforce("mx1.mx-partly-uncovered.lab.test"),
        Good("mx-pattern-unused", "The policy also names an MX that is no more")
            .Enforce("mx1.mx-pattern-unused.lab.test", "mx.other.test"),
        WildcardDepth,
        Good("mx-mismatch-class", "The policy names mxl (letter L) instead of mx1").Enforce("mxl.mx-mismatch-class.lab.test"),
        Good("mx-unresolvable", "The second MX host has no address")
            .Mx((10, "mx1"), (20, "gone"))
            .Enforce("mx1.mx-unresolvable.lab.test", "gone.mx-unresolvable.lab.test"),
        Alias("mx-cname", "The MX host is an alias (CNAME)"),
        Enumerable
            .Range(0, 9)
            .Aggregate(
                Good("mx-partly-tested", "Nothing: mx1 has ten addresses, more than a check tests"),
                (domain, i) => domain.AddReceiver("mx1", (byte)(120 + i))
            ),
        Good("mx-dup", "The same MX host is listed twice").Mx((10, "mx1"), (20, "mx1")),
        Good("mx-private-ip", "The MX host also has a link-local address")
            .Add(new ZoneRecord.Address("mx1", LinkLocal))
            .AddReverse(LinkLocal, "mx1"),
        Good("mx-ptr", "The MX host's address has no reverse name").Receiver(r => r with { ReverseName = null }),
        Good("mx-ms-verify-host", "An MX record is left over from a domain verification")
            .Mx((10, "mx1"), (32767, "ms12345678.msv1.invalid.")),
    ];

    private static LabDomain WildcardDepth
    {
        get
        {
            var domain = Good("mx-wildcard-depth", "The policy's wildcard is one label too shallow").Without("mx1");
            return (domain with { Receivers = [] })
                .AddReceiver("mx1.pool", 25)
                .Mx((10, "mx1.pool"))
                .Enforce("*.mx-wildcard-depth.lab.test");
        }
    }

    private static LabDomain Implicit(string label, string fault)
    {
        var domain = Good(label, fault).Without("mx1").Mx();
        return (domain with { Receivers = [] }).AddReceiver("@", 25).Enforce(domain.Name);
    }

    private static LabDomain Alias(string label, string fault)
    {
        var domain = Good(label, fault);
        return domain.Replace("mx1", new ZoneRecord.Cname("mx1", "mail"), new ZoneRecord.Address("mail", domain.Address(25)));
    }
}
