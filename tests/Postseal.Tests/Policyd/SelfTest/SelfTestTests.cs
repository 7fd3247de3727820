using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Postseal.Cli.Policyd.SelfTest;
using Postseal.Cli.Policyd.Server;
using Postseal.Protocol;
using Postseal.Resolver.Dns;
using Postseal.Tests.Fakes;
using Xunit;

namespace Postseal.Tests.Policyd.SelfTest;

/// <summary>Resolver and daemon under test, and how the results are told.</summary>
public sealed class SelfTestTests
{
    private static readonly DnsOptions Local = new() { Servers = [IPEndPoint.Parse("127.0.0.1:53")] };

    [Theory]
    [InlineData("secure org\norg MX 0 mx.example", "Ok", "Validates")]
    [InlineData("secure org\nx.org A 192.0.2.1", "Ok", "Validates")]
    [InlineData("org MX 0 mx.example", "Change", "DoesNotValidate")]
    [InlineData("org MX !timeout", "Unknown", "CouldNotTell")]
    [InlineData("org MX !bogus", "Unknown", "CouldNotTell")]
    public async Task A_resolver_is_judged_by_one_signed_name(string zones, string level, string verdict)
    {
        var found = await ResolverTest.RunAsync(Probe, new FakeDns(zones), Local, TestContext.Current.CancellationToken);
        Assert.Equal((verdict, level), (found.GetType().Name, $"{found.Finding.Level}"));
    }

    [Theory]
    [InlineData("192.0.2.53:53", DnssecTrust.Auto, "Change")]
    [InlineData("127.0.0.1:53", DnssecTrust.No, "Note")]
    public async Task A_resolver_that_is_not_believed_is_not_asked(string server, DnssecTrust trust, string level)
    {
        var dns = new FakeDns("secure org\norg MX 0 mx.example");
        var options = new DnsOptions { Servers = [IPEndPoint.Parse(server)], Trust = trust };
        var found = await ResolverTest.RunAsync(Probe, dns, options, TestContext.Current.CancellationToken);
        Assert.IsType<ResolverVerdict.NotBelieved>(found);
        Assert.Equal(level, $"{found.Finding.Level}");
        Assert.Empty(dns.Asked);
    }

    [Theory]
    [InlineData("9:NOTFOUND ,", "Ok")]
    [InlineData("220 mail ESMTP\r\n", "Change")]
    [InlineData("", "Change")]
    public async Task A_daemon_is_judged_by_its_answer(string reply, string level)
    {
        var ct = TestContext.Current.CancellationToken;
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var asked = AnswerAsync(server, reply, ct);
        var address = new ListenAddress.Inet((IPEndPoint)server.LocalEndpoint);
        var found = await DaemonTest.RunAsync([address], new FakeTimeProvider(), ct);
        Assert.Equal(level, $"{Assert.Single(found).Level}");
        Assert.Equal("26:postfix .self-test.invalid,", await asked);
    }

    [Fact]
    public async Task A_daemon_that_does_not_run_is_a_note()
    {
        var socket = new ListenAddress.Unix("/nonexistent/p.sock", ListenAddress.DefaultMode, null, null);
        var inherited = new ListenAddress.Inherited(3, "systemd");
        var found = await DaemonTest.RunAsync([socket, inherited], TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(
            (SelfTestLevel.Note, "The daemon is not running at unix:/nonexistent/p.sock."),
            (Assert.Single(found).Level, found[0].Sentence)
        );
    }

    [Theory]
    [InlineData("Ok Note", 0)]
    [InlineData("Ok Change", 1)]
    [InlineData("Change Unknown", 3)]
    public void The_exit_code_is_for_scripts(string levels, int code) =>
        Assert.Equal(
            code,
            SelfTestCommand.Code(levels.Split(' ').Select(l => new SelfTestFinding("x", Enum.Parse<SelfTestLevel>(l), "y")))
        );

    [Fact]
    public void The_report_begins_with_what_to_change()
    {
        var output = new StringWriter();
        SelfTestReport.Write(
            [
                SelfTestFinding.Ok("a", "Fine."),
                SelfTestFinding.Note("b", "Worth knowing."),
                SelfTestFinding.Change(
                    "c",
                    "Something is wrong in a sentence that is so long that it does not fit on one line of a terminal.",
                    new("Do this:", "postconf -e 'a = b'", "postfix reload")
                ),
            ],
            new()
            {
                In = Stream.Null,
                Out = output,
                Error = TextWriter.Null,
                Variable = _ => null,
            }
        );
        Assert.Equal(
            """
            1 thing to change.

              CHANGE    Something is wrong in a sentence that is so long that it does not
                        fit on one line of a terminal.
                        Fix: Do this:
                             postconf -e 'a = b'
                             postfix reload

              NOTE      Worth knowing.

              ok        Fine.

            """.ReplaceLineEndings("\n"),
            output.ToString()
        );
    }

    [Fact]
    public void Machines_get_the_same()
    {
        var document = SelfTestCommand.Document([SelfTestFinding.Change("c", "Wrong.", new("Do:", "x"))]);
        var json = JsonSerializer.Serialize(document, Postseal.Cli.Commands.CliJson.Default.SelfTestDocument);
        var root = JsonDocument.Parse(json).RootElement;
        Assert.Equal(
            ("postseal.selftest/1", "change"),
            (root.GetProperty("schema").GetString(), root.GetProperty("verdict").GetString())
        );
        Assert.Equal("x", root.GetProperty("findings")[0].GetProperty("commands")[0].GetString());
    }

    private static DomainName Probe => DomainName.Parse("org");

    private static async Task<string> AnswerAsync(TcpListener server, string reply, CancellationToken ct)
    {
        using var client = await server.AcceptTcpClientAsync(ct);
        var buffer = new byte[100];
        var length = await client
            .GetStream()
            .ReadAtLeastAsync(buffer, "26:postfix .self-test.invalid,".Length, throwOnEndOfStream: false, ct);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(reply), ct);
        return Encoding.ASCII.GetString(buffer, 0, length);
    }
}
