using Postseal.Checks;
using Postseal.Lab;
using Postseal.Protocol;
using Postseal.Resolver.Dns;
using Postseal.Resolver.PolicyHost;
using Postseal.Resolver.Roots;

namespace Postseal.Tests.Fakes;

/// <summary>Checks of lab domains in process, with time limits of the test's choice.</summary>
internal static class LabCheck
{
    public static async Task<CheckResult> RunAsync(
        LabInternet lab,
        string domain,
        TimeSpan fetchLimit,
        TimeSpan greetingLimit,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var roots = TrustRoots.LoadBeside(lab.CaFile);
        var dns = new DnsClientDns(new() { Servers = [lab.DnsEndPoint], Trust = DnssecTrust.Auto }, clock);
        var policyHost = new HttpsPolicyHost(
            dns,
            new()
            {
                Roots = roots,
                AllowPrivate = true,
                Port = lab.HttpsPort,
                TotalTimeout = fetchLimit,
            },
            clock
        );
        var options = new CheckOptions
        {
            Probe = new()
            {
                Roots = roots,
                AllowPrivate = true,
                Port = lab.SmtpPort,
                EhloName = "checker.lab.test",
                GreetingTimeout = greetingLimit,
            },
            HttpsPort = lab.HttpsPort,
        };
        using var check = new DomainCheck(dns, policyHost, options, clock);
        return await check.RunAsync(DomainName.Parse(domain), null, ct);
    }
}
