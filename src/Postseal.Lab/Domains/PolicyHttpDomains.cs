using System.Text;
using Postseal.Lab.Https;
using static Postseal.Lab.Domains.LabDomains;

namespace Postseal.Lab.Domains;

/// <summary>Faults of what the policy host answers by HTTP.</summary>
internal static class PolicyHttpDomains
{
    private const string Html = "text/html; charset=utf-8";
    private const string Challenge =
        "<!DOCTYPE html><title>Just a moment...</title><p>Enable JavaScript and cookies to continue\n";

    public static LabDomain[] All { get; } =
    [
        Good("http-redirect", "The policy is redirected to www")
            .Answer(301, ("Location", $"https://www.http-redirect.lab.test{PolicySite.Path}")),
        Good("http-status", "There is no such file (404)").Site(s => s with { Status = 404 }),
        Good("http-content-type", "The policy is served as text/html").Answer(200, ("Content-Type", Html)),
        Good("http-size", "The policy has 100 kilobytes").Pad(100_000),
        Good("http-timeout", "The web server never answers").Site(s => s with { Pace = Pace.Hang }),
        Good("http-bot-block", "A bot check stands in front of the policy (403)")
            .Answer(403, ("Content-Type", Html), ("Server", "cloudflare"), ("Cf-Mitigated", "challenge"))
            .Site(s => s with { Body = Encoding.ASCII.GetBytes(Challenge) }),
        Good("http-cache-header", "A shared cache serves a copy that is a day old")
            .Answer(200, ("Content-Type", "text/plain"), ("Cache-Control", "public, max-age=604800"), ("Age", "86400")),
    ];

    private static LabDomain Answer(this LabDomain domain, int status, params (string, string)[] headers) =>
        domain.Site(s => s with { Status = status, Headers = [.. headers] });
}
