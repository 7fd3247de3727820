using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Postseal.Protocol;
using Postseal.Protocol.Tls;
using Xunit;

namespace Postseal.Tests.Lab;

public sealed class LabTlsTests(LabFixture lab) : IClassFixture<LabFixture>
{
    private readonly SmtpDialogue _dialogue = new(lab.Internet);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("healthy", "")]
    [InlineData("cert-500-names", "")]
    [InlineData("cert-name", "name")]
    [InlineData("cert-untrusted", "untrusted")]
    [InlineData("cert-self-signed", "self-signed")]
    [InlineData("cert-chain-incomplete", "chain-incomplete")]
    [InlineData("cert-chain-order", "chain-order")]
    [InlineData("cert-expired", "expired")]
    [InlineData("cert-weak-key", "weak-key")]
    [InlineData("cert-sha1", "sha1")]
    [InlineData("cert-eku", "eku")]
    [InlineData("cert-ku", "ku")]
    [InlineData("cert-signature", "signature")]
    [InlineData("cert-oversized", "oversized")]
    [InlineData("tls-version", "")]
    [InlineData("tls13", "")]
    [InlineData("sni-dependence", "")]
    public async Task A_mail_server_shows_this_certificate_fault_and_no_other(string label, string problem)
    {
        var host = lab.Domain(label).Receivers[0].Host;
        var judged = Judge(await _dialogue.ChainAsync(label, host, Ct), host);
        Assert.Equal(problem, string.Join(' ', judged.Problems.Select(p => p.ToWire())));
    }

    [Theory]
    [InlineData("host-tls-name", "name")]
    [InlineData("host-tls-untrusted", "untrusted")]
    [InlineData("host-tls-self-signed", "self-signed")]
    [InlineData("host-tls-incomplete-chain", "chain-incomplete")]
    [InlineData("host-tls-expired", "expired")]
    [InlineData("host-tls-expiring", "")]
    public async Task A_policy_host_shows_this_certificate_fault_and_no_other(string label, string problem)
    {
        var site = lab.Domain(label).Sites[0];
        using var tcp = await LabFixture.ConnectAsync(site.Address, lab.Internet.HttpsPort, Ct);
        var (tls, sent) = await LabFixture.SecureAsync(tcp.GetStream(), site.Host, Ct);
        await using (tls)
            Assert.Equal(problem, string.Join(' ', Judge(sent, site.Host).Problems.Select(p => p.ToWire())));
    }

    [Theory]
    [InlineData("healthy", "")]
    [InlineData("sni-dependence", "name")]
    public async Task Without_SNI_the_certificate_is(string label, string problem)
    {
        var host = lab.Domain(label).Receivers[0].Host;
        var judged = Judge(await _dialogue.ChainAsync(label, sni: null, Ct), host);
        Assert.Equal(problem, string.Join(' ', judged.Problems.Select(p => p.ToWire())));
    }

    [Theory]
    [InlineData("healthy", SslProtocols.Tls13, null)]
    [InlineData("tls13", SslProtocols.Tls12, null)]
    [InlineData("tls-version", SslProtocols.Tls13, "TLSv1.1")]
    [InlineData("tls12-missing", null, "TLSv1.1")]
    [InlineData("starttls-handshake", null, null)]
    public async Task A_mail_server_speaks(string label, SslProtocols? modern, string? legacy)
    {
        var host = lab.Domain(label).Receivers[0].Host;
        Assert.Equal(modern, await ModernAsync(label, host, Ct));

        using var tcp = await _dialogue.StartTlsAsync(label, Ct);
        await tcp.GetStream().WriteAsync(LegacyHello.Render(DomainName.Parse(host)), Ct);
        var answer = new byte[LegacyHello.SufficientLength];
        var length = await tcp.GetStream().ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, Ct);
        Assert.Equal(legacy, LegacyHello.AcceptedVersion(answer.AsSpan(0, length)));
    }

    [Theory]
    [InlineData("host-tls-alert", typeof(AuthenticationException), "unrecognized name")]
    [InlineData("host-tls-version", typeof(AuthenticationException), "protocol version")]
    [InlineData("host-no-cert", typeof(IOException), "EOF")]
    public async Task A_policy_host_breaks_the_handshake_off(string label, Type kind, string reason)
    {
        var site = lab.Domain(label).Sites[0];
        using var tcp = await LabFixture.ConnectAsync(site.Address, lab.Internet.HttpsPort, Ct);
        var failure = await Assert.ThrowsAsync(kind, () => LabFixture.SecureAsync(tcp.GetStream(), site.Host, Ct));
        Assert.Contains(reason, failure.GetBaseException().Message, StringComparison.Ordinal);
    }

    private async Task<SslProtocols?> ModernAsync(string label, string host, CancellationToken ct)
    {
        using var tcp = await _dialogue.StartTlsAsync(label, ct);
        try
        {
            var (tls, _) = await LabFixture.SecureAsync(tcp.GetStream(), host, ct);
            await using (tls)
                return tls.SslProtocol;
        }
        catch (AuthenticationException)
        {
            return null;
        }
    }

    private PresentedChain Judge(X509Certificate2[] sent, string host) =>
        ChainJudge.Judge(
            sent,
            DomainName.Parse(host),
            [X509Certificate2.CreateFromPem(lab.Internet.CaPem)],
            TimeProvider.System.GetUtcNow()
        );
}
