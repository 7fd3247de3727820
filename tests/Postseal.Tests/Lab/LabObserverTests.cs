using System.Security.Authentication;
using DnsClient;
using Postseal.Lab;
using Postseal.Lab.Domains;
using Postseal.Lab.Watching;
using Xunit;

namespace Postseal.Tests.Lab;

public sealed class LabObserverTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Questions_and_fetches_are_seen_with_who_asked()
    {
        var domain = LabDomains.All.Single(d => d.Name == "testing.lab.test");
        await using var lab = await Watched.StartAsync(domain, Ct);
        await LabFixture.AskAsync(lab.Internet, "_MTA-STS.testing.lab.test", QueryType.TXT, true, Ct);
        var asked = Assert.Single(lab.Of<Observation.Asked>());
        Assert.Equal(("_mta-sts.testing.lab.test", "TXT", "127.0.0.1"), (asked.Name, asked.Type, asked.Client?.ToString()));

        await FetchAsync(lab.Internet, domain, "/.well-known/mta-sts.txt", "User-Agent: sender/1");
        await FetchAsync(lab.Internet, domain, "/other", "X-Nothing: 1");
        Assert.Equal(
            [("/.well-known/mta-sts.txt", "sender/1", 200), ("/other", null, 404)],
            lab.Of<Observation.Fetched>().Select(f => (f.Path, f.UserAgent, f.Status))
        );
        Assert.All(lab.Of<Observation.Fetched>(), f => Assert.Equal("mta-sts.testing.lab.test", f.Host));
    }

    [Theory]
    [InlineData("cert-expired", "alert bad certificate")]
    [InlineData("cert-weak-key", "bad_certificate(42)")] // of the other TLS library
    public async Task The_alert_of_a_client_that_will_not_have_the_certificate_is_seen(string label, string alert)
    {
        var lab = await Watched.StartAsync(LabDomains.All.Single(d => d.Name == $"{label}.lab.test"), Ct);
        await using (lab)
        {
            using var tcp = await new SmtpDialogue(lab.Internet).StartTlsAsync(label, Ct);
            await Assert.ThrowsAnyAsync<IOException>(() => RefusingClient.RefuseAsync(tcp.GetStream(), Ct));
            await lab.UntilAsync<Observation.Left>(Ct);
        }
        var failed = Assert.Single(lab.Of<Observation.HandshakeFailed>());
        Assert.Equal($"mx1.{label}.lab.test", failed.Host);
        Assert.Contains(alert, failed.Reason, StringComparison.Ordinal);
        Assert.Empty(lab.Of<Observation.Secured>());
    }

    [Fact]
    public async Task The_facts_of_the_other_TLS_library_are_seen_too()
    {
        var lab = await Watched.StartAsync(LabDomains.All.Single(d => d.Name == "cert-weak-key.lab.test"), Ct);
        await using (lab)
            await new SmtpDialogue(lab.Internet).SaySecuredAsync("cert-weak-key", ["EHLO test"], Ct);
        var secured = Assert.Single(lab.Of<Observation.Secured>());
        Assert.Equal(("mx1.cert-weak-key.lab.test", "TLSv1.3"), (secured.Sni, secured.Protocol));
        Assert.StartsWith("TLS_AES_", secured.Cipher, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_too_modern_for_the_server_is_seen_to_fail()
    {
        var lab = await Watched.StartAsync(LabDomains.All.Single(d => d.Name == "tls12-missing.lab.test"), Ct);
        await using (lab)
            await Assert.ThrowsAsync<AuthenticationException>(() =>
                new SmtpDialogue(lab.Internet).SaySecuredAsync("tls12-missing", ["EHLO test"], Ct)
            );
        var failed = Assert.Single(lab.Of<Observation.HandshakeFailed>());
        Assert.Contains("protocol_version(70)", failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_as_old_as_the_server_is_seen_with_its_version()
    {
        var lab = await Watched.StartAsync(LabDomains.All.Single(d => d.Name == "tls12-missing.lab.test"), Ct);
        await using (lab)
        {
            using var tcp = await new SmtpDialogue(lab.Internet).StartTlsAsync("tls12-missing", Ct);
            await OldClient.ConnectAsync(tcp.GetStream(), Ct);
        }
        var secured = Assert.Single(lab.Of<Observation.Secured>());
        Assert.Equal(("TLSv1.1", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"), (secured.Protocol, secured.Cipher));
        Assert.Null(secured.Sni);
    }

    [Fact]
    public async Task An_observer_that_throws_breaks_no_session()
    {
        var domain = Watched.TakingMail("testing");
        var options = new LabOptions { Observer = _ => throw new InvalidOperationException() };
        await using var internet = await LabInternet.StartAsync(options, [domain], Ct);
        var answer = await LabFixture.AskAsync(internet, "_mta-sts.testing.lab.test", QueryType.TXT, true, Ct);
        Assert.Single(answer.Answers.TxtRecords());
        await FetchAsync(internet, domain, "/.well-known/mta-sts.txt", "User-Agent: sender/1");
        string[] commands = ["EHLO test", "MAIL FROM:<>", "RCPT TO:<token@testing.lab.test>", "DATA", "."];
        var replies = await new SmtpDialogue(internet).SaySecuredAsync("testing", commands, Ct);
        Assert.Equal("250 2.0.0 Taken and thrown away", replies[^1]);
    }

    private static Task<string> FetchAsync(LabInternet internet, LabDomain domain, string path, string header) =>
        LabFixture.GetAsync(internet, domain.Sites[0], path, header, Ct);
}
