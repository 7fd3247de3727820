using System.Text;
using Postseal.Lab;
using Postseal.Lab.Https;
using Xunit;

namespace Postseal.Tests.Lab;

public sealed class LabPolicyTests(LabFixture lab) : IClassFixture<LabFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(
        "testing",
        "HTTP/1.1 200 OK",
        "Content-Type: text/plain; charset=utf-8",
        "mode: testing\r\nmx: mx1.testing.lab.test\r\n"
    )]
    [InlineData("http-redirect", "HTTP/1.1 301 ", "Location: https://www.http-redirect.lab.test/.well-known/mta-sts.txt", "")]
    [InlineData("http-status", "HTTP/1.1 404 Not Found", "Content-Length: ", "")]
    [InlineData("http-content-type", "HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8", "mode: enforce")]
    [InlineData("http-bot-block", "HTTP/1.1 403 Forbidden", "Cf-Mitigated: challenge", "Just a moment")]
    [InlineData("http-cache-header", "HTTP/1.1 200 OK", "Age: 86400", "mode: enforce")]
    [InlineData("pol-empty", "HTTP/1.1 200 OK", "Content-Length: 0", "")]
    [InlineData("pol-bom", "HTTP/1.1 200 OK", "", "\r\n\r\n\u00ef\u00bb\u00bfversion: STSv1\r\n")]
    [InlineData("pol-mx-idn", "HTTP/1.1 200 OK", "", "mx: m\u00c3\u00bcller.lab.test\r\n")]
    [InlineData("pol-line-endings", "HTTP/1.1 200 OK", "", "version: STSv1\nmode: enforce\n")]
    public async Task A_policy_host_answers(string label, string status, string header, string body)
    {
        var response = await lab.GetAsync(label, PolicySite.Path, Ct);
        Assert.StartsWith(status, response, StringComparison.Ordinal);
        Assert.Contains(header, response, StringComparison.Ordinal);
        Assert.Contains(body, response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_path_is_not_found() =>
        Assert.StartsWith(
            "HTTP/1.1 404 ",
            await lab.GetAsync("testing", "/.well-known/MTA-STS.txt", Ct),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("http-size", "Content-Length: 100", 100_000)]
    [InlineData("policy-10mb", "Transfer-Encoding: chunked", 10_000_000)]
    public async Task A_large_policy_is_large(string label, string header, int atLeast)
    {
        var response = await lab.GetAsync(label, PolicySite.Path, Ct);
        Assert.Contains(header, response, StringComparison.Ordinal);
        Assert.InRange(response.Length, atLeast, atLeast + 1000);
    }

    [Fact]
    public async Task A_dripping_policy_comes_a_byte_a_second()
    {
        var clock = new StepClock();
        var domain = lab.Domain("policy-drip");
        await using var internet = await LabInternet.StartAsync(new LabOptions { Clock = clock }, [domain], Ct);
        using var tcp = await LabFixture.ConnectAsync(domain.Sites[0].Address, internet.HttpsPort, Ct);
        var (tls, _) = await LabFixture.SecureAsync(tcp.GetStream(), domain.Sites[0].Host, Ct);
        await using (tls)
        {
            await tls.WriteAsync(Encoding.ASCII.GetBytes($"GET {PolicySite.Path} HTTP/1.1\r\n\r\n"), Ct);
            await tls.ReadExactlyAsync(new byte[Head(domain.Sites[0].Body.Length).Length], Ct);

            foreach (var expected in "version:"u8.ToArray())
            {
                var one = new byte[1];
                await tls.ReadExactlyAsync(one, Ct);
                Assert.Equal(expected, one[0]);
                await clock.PassAsync(TimeSpan.FromSeconds(1), Ct);
            }
        }
    }

    private static string Head(int length) =>
        $"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {length}\r\n\r\n";
}
