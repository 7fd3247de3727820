using Postseal.SystemTests.Cli;
using Postseal.SystemTests.Servers;

namespace Postseal.SystemTests.Stories;

/// <summary>The other verbs on the same domains: <c>resolve</c> says what a sender demands, <c>probe</c> what one mail server shows.</summary>
public sealed class ResolveAndProbeTests(RealInternet internet)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("enforced.plain.test", "D-MX-7", "allowed", 0)]
    [InlineData("enforced-and-dane.secure.test", "D-MX-1", "allowed", 0)]
    [InlineData("tested.plain.test", "D-MX-8", "unprotected", 0)]
    [InlineData("nothing-published.plain.test", "D-MX-9", "unprotected", 0)]
    [InlineData("host-expired.plain.test", "D-MX-9", "unprotected", 0)]
    [InlineData("dane-bogus.secure.test", "D-MX-2", "refused", 1)]
    [InlineData("sts-txt-fails.plain.test", "D-MX-9", "unprotected", 3)]
    public async Task Resolve_names_the_rule_a_sender_goes_by(string domain, string rule, string decision, int expectedExit)
    {
        var (exitCode, report) = await internet.AskAsync<ResolveReport>("resolve", domain, internet.Resolver, Ct);

        Assert.Equal("postseal.resolve/1", report.Schema);
        Assert.All(report.Mx, mx => Assert.Equal((rule, decision), (mx.Rule, mx.Decision)));
        Assert.NotEmpty(report.Mx);
        Assert.Equal(expectedExit, exitCode);
    }

    [Theory]
    [InlineData("enforced", "TLSv1.3", "", 0)]
    [InlineData("mx-tls12", "TLSv1.2", "", 0)]
    [InlineData("mx-expired", "TLSv1.3", "expired", 1)]
    [InlineData("mx-wrong-name", "TLSv1.3", "name", 1)]
    [InlineData("mx-untrusted", "TLSv1.3", "untrusted", 1)]
    [InlineData("mx-self-signed", "TLSv1.3", "self-signed", 1)]
    [InlineData("mx-no-chain", "TLSv1.3", "chain-incomplete", 1)]
    [InlineData("mx-no-starttls", null, null, 1)]
    [InlineData("mx-closed", null, null, 3)]
    public async Task Probe_reports_what_the_server_shows(string site, string? tls, string? problems, int expectedExit)
    {
        var mx = internet.Sites.Single(s => s.Site.Name == site).Mx[0];

        var (exitCode, report) = await internet.AskAsync<ProbeReport>("probe", mx.Host, internet.Resolver, Ct);

        var session = Assert.Single(report.Sessions);
        Assert.Equal(mx.EndPoint.Address.ToString(), session.Address);
        Assert.Equal(tls, session.Tls);
        Assert.Equal(problems, session.Certificate is { } certificate ? string.Join(' ', certificate.Problems) : null);
        Assert.Equal(expectedExit, exitCode);
    }
}
