using System.Net;
using System.Net.Sockets;
using DnsClient;
using Postseal.Lab;
using Xunit;

namespace Postseal.Tests.Lab;

public sealed class LabInternetTests(LabFixture lab) : IClassFixture<LabFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_healthy_domain_can_be_looked_up_and_fetched()
    {
        var mx = await lab.AskAsync("healthy.lab.test", QueryType.MX, Ct);
        Assert.Equal(["mx1.healthy.lab.test.", "mx2.healthy.lab.test."], mx.Answers.MxRecords().Select(r => r.Exchange.Value));

        var response = await lab.GetAsync("healthy", "/.well-known/mta-sts.txt", Ct);
        Assert.StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/plain", response, StringComparison.Ordinal);
        Assert.EndsWith(
            "version: STSv1\r\nmode: enforce\r\nmx: mx1.healthy.lab.test\r\nmx: mx2.healthy.lab.test\r\nmax_age: 1209600\r\n",
            response,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_end_frees_the_ports_ends_the_sessions_and_removes_the_ca_file()
    {
        var internet = await LabInternet.StartAsync(new LabOptions(), Ct);
        var caFile = internet.CaFile;
        var server = new IPEndPoint(internet.Domains[0].Receivers[0].Address, internet.SmtpPort);
        using var open = new TcpClient();
        await open.ConnectAsync(server, Ct);
        Assert.True(File.Exists(caFile));

        await internet.DisposeAsync();

        Assert.False(File.Exists(caFile));
        var buffer = new byte[1024];
        var ended = await ReadToEndAsync(open.GetStream(), buffer, Ct);
        Assert.True(ended);
        using var late = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(async () => await late.ConnectAsync(server, Ct));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_an_error_and_leaves_nothing_behind()
    {
        var taken = new LabOptions { SmtpPort = lab.Internet.SmtpPort };
        await Assert.ThrowsAsync<SocketException>(async () => await LabInternet.StartAsync(taken, Ct));
    }

    [Fact]
    public void The_environment_holds_all_that_the_command_line_needs() =>
        Assert.Equal(
            ["POSTSEAL_ALLOW_PRIVATE", "POSTSEAL_CA_FILE", "POSTSEAL_DNS", "POSTSEAL_HTTPS_PORT", "POSTSEAL_SMTP_PORT"],
            lab.Internet.Environment.Keys
        );

    private static async Task<bool> ReadToEndAsync(Stream stream, byte[] buffer, CancellationToken ct)
    {
        try
        {
            while (await stream.ReadAsync(buffer, ct) > 0) { }
            return true;
        }
        catch (IOException)
        {
            return true; // reset is an end, too
        }
    }
}
