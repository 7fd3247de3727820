using System.Security.Cryptography.X509Certificates;
using Postseal.Protocol.Tls;
using Postseal.Resolver.PolicyHost;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Resolver.PolicyHost;

/// <summary>The rules about TLS: what each fault is called.</summary>
public sealed class TlsTests : PolicyHostTest
{
    [Fact]
    [Trait("rfc", "8461-3.3-1")]
    [Trait("rfc", "8461-3.3-2")]
    public async Task Each_fault_of_a_certificate_has_its_name()
    {
        using var stranger = TestCa.Root("Stranger");
        using var selfSigned = TestCa.SelfSigned(Cert.For("mta-sts.example.com"));
        var middle = Root.Intermediate();
        var good = Cert.For("mta-sts.example.com");
        var past = good with { NotAfter = TestCa.Now.AddDays(-1) };
        (FetchFailure? Expected, X509Certificate2[] Chain)[] cases =
        [
            (null, [Root.Issue(good)]),
            (null, [Root.Issue(Cert.For("*.example.com"))]),
            (null, [middle.Issue(good), middle.Certificate]),
            (FetchFailure.TlsName, [Root.Issue(Cert.For("example.com", "www.example.com"))]),
            (FetchFailure.TlsName, [Root.Issue(new Cert { Subject = "CN=mta-sts.example.com" })]),
            (FetchFailure.TlsExpired, [Root.Issue(past)]),
            (FetchFailure.TlsExpired, [Root.Issue(good with { NotBefore = TestCa.Now.AddDays(1) })]),
            (FetchFailure.TlsExpired, [Root.Issue(past with { DnsNames = ["other.test"] })]),
            (FetchFailure.TlsUntrusted, [stranger.Issue(good)]),
            (FetchFailure.TlsUntrusted, [stranger.Issue(past with { DnsNames = ["other.test"] })]),
            (FetchFailure.TlsUntrusted, [selfSigned]),
            (FetchFailure.TlsUntrusted, [middle.Issue(good)]),
            (FetchFailure.TlsUntrusted, [Root.Issue(good with { ExtendedKeyUsages = [Cert.ClientAuth] })]),
        ];
        foreach (var (expected, chain) in cases)
        {
            await using var server = new RawHttpsServer(RawHttpsServer.Sends(Response()), chain);
            var fetch = await FetchAsync(server);

            Assert.Equal(expected, (fetch.Outcome as FetchOutcome.Failed)?.Failure);
            Assert.Equal(expected is null, fetch.Attempts[0].Chain!.IsValid);
            Assert.Equal(expected is null, fetch.Attempts[0].Response is not null);
        }
    }

    [Fact]
    [Trait("rfc", "8461-3.3-2")]
    public async Task A_wrong_name_is_told_with_the_names_there_are()
    {
        var names = Enumerable.Range(1, 500).Select(i => $"n{i}.example.org").ToArray();
        await using var server = new RawHttpsServer(RawHttpsServer.Sends(Response()), [Root.Issue(Cert.For(names))]);
        var fetch = await FetchAsync(server);

        Assert.Equal(
            "The certificate is not for mta-sts.example.com but for n1.example.org, n2.example.org, n3.example.org, n4.example.org, n5.example.org and 495 more.",
            Assert.IsType<FetchOutcome.Failed>(fetch.Outcome).Detail
        );
        Assert.Equal([CertificateProblem.Name], fetch.Attempts[0].Chain!.Problems);
    }

    [Theory]
    [InlineData(112, FetchFailure.TlsAlert)] // unrecognized_name
    [InlineData(40, FetchFailure.TlsAlert)] // handshake_failure
    [InlineData(80, FetchFailure.TlsAlert)] // internal_error
    [InlineData(49, FetchFailure.TlsAlert)] // access_denied
    [InlineData(70, FetchFailure.TlsVersion)] // protocol_version
    [InlineData(50, FetchFailure.TlsHandshake)] // decode_error
    public async Task An_alert_before_any_certificate_says_why(byte alert, FetchFailure expected)
    {
        await using var server = new RawHttpsServer(Answers([21, 3, 3, 0, 2, 2, alert]));
        var fetch = await FetchAsync(server);

        Assert.Equal((expected, false), Failed(fetch));
        Assert.Null(fetch.Attempts[0].Chain);
    }

    [Fact]
    [Trait("rfc", "8996-4-1")]
    public async Task An_old_server_is_told_from_a_broken_one()
    {
        // It refuses a ClientHello of TLS 1.2 (bytes 9 and 10) and goes on with one of TLS 1.1.
        await using var server = new RawHttpsServer(
            async (stream, ct) =>
            {
                var hello = new byte[11];
                await stream.ReadExactlyAsync(hello, ct);
                byte[] answer = hello[10] == 2 ? [22, 3, 2, 0, 70, 2, 0, 0, 66, 3, 2, .. new byte[64]] : [21, 3, 1, 0, 2, 2, 40];
                await stream.WriteAsync(answer, ct);
                await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, ct);
            }
        );
        var failed = Assert.IsType<FetchOutcome.Failed>((await FetchAsync(server)).Outcome);

        Assert.Equal((FetchFailure.TlsVersion, "127.0.0.1 offers nothing newer than TLSv1.1."), (failed.Failure, failed.Detail));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("220 mail.example.com ESMTP\r\n")]
    public async Task What_is_no_TLS_is_a_failed_handshake(string answer)
    {
        await using var server = new RawHttpsServer(Answers(System.Text.Encoding.ASCII.GetBytes(answer)));

        Assert.Equal((FetchFailure.TlsHandshake, false), Failed(await FetchAsync(server)));
    }

    [Fact]
    [Trait("rfc", "8461-3.3-9")]
    public async Task A_handshake_that_hangs_is_given_up_after_a_minute()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new RawHttpsServer(
            async (stream, ct) =>
            {
                await stream.ReadExactlyAsync(new byte[5], ct);
                asked.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
            }
        );
        var fetch = FetchAsync(server);
        await asked.Task.WaitAsync(Ct);
        Clock.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal((FetchFailure.Timeout, false), Failed(await fetch));
    }

    private static Func<Stream, CancellationToken, Task> Answers(byte[] bytes) =>
        async (stream, ct) =>
        {
            await stream.ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false, ct);
            await stream.WriteAsync(bytes, ct);
        };
}
