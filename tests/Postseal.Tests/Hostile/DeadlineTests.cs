using Postseal.Checks;
using Postseal.Checks.Facts;
using Postseal.Protocol;
using Postseal.Resolver.Decisions;
using Postseal.Resolver.Dns;
using Postseal.Resolver.PolicyHost;
using Postseal.Resolver.Roots;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Hostile;

/// <summary>The deadline of a check holds while it judges, too: judging is work, and how much of it is the domain's choice.</summary>
public sealed class DeadlineTests(FixedLab lab) : IClassFixture<FixedLab>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_not_judged_by_the_deadline_is_not_known()
    {
        var roots = TrustRoots.LoadBeside(lab.Internet.CaFile);
        var dns = new DnsClientDns(new() { Servers = [lab.Internet.DnsEndPoint], Trust = DnssecTrust.Auto }, lab.Clock);
        var options = new CheckOptions
        {
            Probe = new()
            {
                Roots = roots,
                AllowPrivate = true,
                Port = lab.Internet.SmtpPort,
                EhloName = "checker.lab.test",
            },
            HttpsPort = lab.Internet.HttpsPort,
        };
        var policyHost = new HttpsPolicyHost(
            dns,
            new()
            {
                Roots = roots,
                AllowPrivate = true,
                Port = lab.Internet.HttpsPort,
            },
            lab.Clock
        );
        using var check = new DomainCheck(dns, policyHost, options, lab.Clock);
        var late = new Late(() => lab.Clock.Advance(options.Timeout));

        var result = await check.RunAsync(DomainName.Parse("healthy.lab.test"), late, Ct);

        var session = Assert.Single(result.Facts.Hosts[0].Sessions);
        Assert.Equal(new SessionVerdict.Unknown("job-timeout"), session.Verdict);
    }

    /// <summary>Once the last session has ended, the time of the check is over.</summary>
    private sealed class Late(Action pass) : IProgress<GatherStep>
    {
        public void Report(GatherStep value)
        {
            if (value.Name == "session")
                pass();
        }
    }
}
