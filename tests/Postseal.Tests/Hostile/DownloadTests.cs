using System.Net;
using System.Net.Sockets;
using Postseal.Lab;
using Postseal.Lab.Certificates;
using Postseal.Lab.Domains;
using Postseal.Protocol.Tls;
using Postseal.Resolver.PolicyHost;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Hostile;

/// <summary>A certificate names an address where its issuer's certificate is said to be. Whoever goes there lets a stranger choose what we fetch.</summary>
public sealed class DownloadTests : IDisposable
{
    private readonly TestCa _root = TestCa.Root();
    private readonly TestCa _issuer;
    private readonly TcpListener _named = new(IPAddress.Loopback, 0);

    public DownloadTests()
    {
        _issuer = _root.Intermediate();
        _named.Start();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _named.Dispose();
        _issuer.Dispose();
        _root.Dispose();
    }

    [Fact]
    public async Task Nobody_who_does_TLS_goes_where_a_certificate_says()
    {
        var domain = LabDomain.Plain("elsewhere.lab.test", "Every certificate names its issuer's address").AddSts();
        domain = domain.Txt("_smtp._tls", $"v=TLSRPTv1; rua=https://mta-sts.{domain.Name}/");
        await using var lab = await LabInternet.StartAsync(new() { Certificates = Named }, [domain], Ct);

        var facts = (
            await LabCheck.RunAsync(lab, domain.Name, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(30), TimeProvider.System, Ct)
        ).Facts;

        // Each of the three was there, saw the certificate, and missed the issuer …
        Assert.Equal(FetchFailure.TlsUntrusted, Assert.IsType<FetchOutcome.Failed>(facts.Sts.Fetch!.Outcome).Failure);
        var mx = Assert.IsType<TlsOutcome.Established>(facts.Hosts[0].Sessions[0].Probe.Tls).Chain;
        Assert.Contains(CertificateProblem.ChainIncomplete, mx.Problems);
        Assert.Equal("tls-certificate", Assert.Single(facts.ReportTargets).Problem);
        // … and nobody went to look for it.
        Assert.False(_named.Pending());
    }

    private LabChain Named(Leaf wanted, string host) =>
        new(
            _issuer.Issue(
                Cert.For(host) with
                {
                    NotBefore = TimeProvider.System.GetUtcNow().AddDays(-1),
                    NotAfter = TimeProvider.System.GetUtcNow().AddDays(1),
                    IssuerUrl = $"http://{_named.LocalEndpoint}/issuer.crt",
                }
            ),
            _issuer.Certificate,
            []
        );
}
