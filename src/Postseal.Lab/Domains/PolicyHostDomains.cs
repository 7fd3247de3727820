using System.Net;
using System.Text;
using Postseal.Lab.Certificates;
using Postseal.Lab.Https;
using Postseal.Lab.Tls;
using static Postseal.Lab.Domains.LabDomains;

namespace Postseal.Lab.Domains;

/// <summary>Faults of the policy host: addresses, TLS, HTTP.</summary>
internal static class PolicyHostDomains
{
    private static readonly TlsFace Expired = new() { Leaf = new() { Until = TimeSpan.FromDays(-2) } };

    public static LabDomain[] All { get; } =
    [
        Good("host-dns", "mta-sts has no address").Without("mta-sts") with
        {
            Sites = [],
        },
        Good("host-tcp", "Nothing listens at the policy host's address") with
        {
            Sites = [],
        },
        Good("host-tls-name", "The certificate is for www instead of mta-sts")
            .SiteTls(new() { Leaf = new() { Names = ["host-tls-name.lab.test", "www.host-tls-name.lab.test"] } }),
        Good("host-tls-alert", "The provider's server does not know the name (alert unrecognized_name)")
            .SiteTls(new() { Break = TlsBreak.UnrecognizedName }),
        Good("host-no-cert", "The connection is closed before a certificate is shown").SiteTls(new() { Break = TlsBreak.Closed }),
        Good("host-tls-expired", "The certificate expired two days ago").SiteTls(Expired),
        Good("host-tls-untrusted", "The certificate comes from an authority that nobody trusts")
            .SiteTls(new() { Leaf = new() { Issuer = LeafIssuer.UnknownIntermediate } }),
        Good("host-tls-self-signed", "The certificate is self-signed")
            .SiteTls(new() { Leaf = new() { Issuer = LeafIssuer.Itself } }),
        Good("host-tls-incomplete-chain", "The intermediate certificate is left out")
            .SiteTls(new() { Leaf = new() { Sent = SentChain.LeafOnly } }),
        Good("host-tls-expiring", "The certificate expires in five days")
            .SiteTls(
                new()
                {
                    Leaf = new() { From = TimeSpan.FromDays(-85), Until = TimeSpan.FromDays(5) },
                }
            ),
        Good("host-ipv6", "Over IPv6 the policy is missing (404)").AddSite(IPAddress.IPv6Loopback, s => s with { Status = 404 }),
        Good("host-multi-ip", "One of two servers has an expired certificate").AddSecondSite(s => s with { Tls = Expired }),
        Good("http-redirect", "The policy is redirected to www")
            .Site(s => s with { Status = 301, Headers = [("Location", $"https://www.http-redirect.lab.test{PolicySite.Path}")] }),
        Good("http-status", "There is no such file (404)").Site(s => s with { Status = 404 }),
        Good("http-content-type", "The policy is served as text/html")
            .Site(s => s with { Headers = [("Content-Type", "text/html; charset=utf-8")] }),
        Good("http-size", "The policy has 100 kilobytes").Pad(100_000),
        Good("http-timeout", "The web server never answers").Site(s => s with { Pace = Pace.Hang }),
        Good("http-bot-block", "A bot check stands in front of the policy (403)")
            .Site(s =>
                s with
                {
                    Status = 403,
                    Headers =
                    [
                        ("Content-Type", "text/html; charset=utf-8"),
                        ("Server", "cloudflare"),
                        ("Cf-Mitigated", "challenge"),
                    ],
                    Body = Encoding.ASCII.GetBytes(
                        "<!DOCTYPE html><title>Just a moment...</title><p>Enable JavaScript and cookies to continue\n"
                    ),
                }
            ),
        Good("http-cache-header", "A shared cache serves a copy that is a day old")
            .Site(s => s with { Headers = [.. s.Headers, ("Cache-Control", "public, max-age=604800"), ("Age", "86400")] }),
        Good("host-tls-version", "The policy host speaks only TLS 1.0 and 1.1")
            .SiteTls(
                new()
                {
                    Versions = TlsVersions.OnlyOld,
                    Leaf = new() { Key = LeafKey.Rsa2048 },
                }
            ),
    ];

    private static LabDomain AddSecondSite(this LabDomain domain, Func<PolicySite, PolicySite> change) =>
        domain.AddSite(domain.Address(81), change);
}
