using System.Net;
using Postseal.Lab.Https;
using Postseal.Lab.Tls;
using static Postseal.Lab.Domains.LabDomains;

namespace Postseal.Lab.Domains;

/// <summary>Faults in reaching the policy host: address, connection, TLS.</summary>
internal static class PolicyHostDomains
{
    public static LabDomain[] All { get; } =
    [
        Good("host-dns", "mta-sts has no address").Without("mta-sts").NoSite(),
        Good("host-tcp", "Nothing listens at the policy host's address").NoSite(),
        Good("host-tls-name", "The certificate is for www instead of mta-sts")
            .SiteTls(Faces.Named("host-tls-name.lab.test", "www.host-tls-name.lab.test")),
        Good("host-tls-alert", "The provider's server does not know the name (alert unrecognized_name)")
            .SiteTls(new() { Break = TlsBreak.UnrecognizedName }),
        Good("host-no-cert", "The connection is closed before a certificate is shown").SiteTls(new() { Break = TlsBreak.Closed }),
        Good("host-tls-expired", "The certificate expired two days ago").SiteTls(Faces.Expired),
        Good("host-tls-untrusted", "The certificate comes from an authority that nobody trusts").SiteTls(Faces.Untrusted),
        Good("host-tls-self-signed", "The certificate is self-signed").SiteTls(Faces.SelfSigned),
        Good("host-tls-incomplete-chain", "The intermediate certificate is left out").SiteTls(Faces.LeafOnly),
        Good("host-tls-expiring", "The certificate expires in five days").SiteTls(Faces.Expiring),
        Good("host-ipv6", "Over IPv6 the policy is missing (404)").AddSite(IPAddress.IPv6Loopback, s => s with { Status = 404 }),
        Good("host-multi-ip", "One of two servers has an expired certificate").AddSecondSite(s => s with { Tls = Faces.Expired }),
        Good("host-tls-version", "The policy host speaks only TLS 1.0 and 1.1").SiteTls(Faces.OnlyOld),
    ];

    private static LabDomain NoSite(this LabDomain domain) => domain with { Sites = [] };

    private static LabDomain AddSecondSite(this LabDomain domain, Func<PolicySite, PolicySite> change) =>
        domain.AddSite(domain.Address(81), change);
}
