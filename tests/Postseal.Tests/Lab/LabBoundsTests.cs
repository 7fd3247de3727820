using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Postseal.Lab;
using Postseal.Lab.Connections;
using Postseal.Lab.Domains;
using Postseal.Lab.Watching;
using Xunit;

namespace Postseal.Tests.Lab;

/// <summary>Clients that want to be a burden.</summary>
public sealed class LabBoundsTests
{
    private static readonly LabDomain Domain = Watched.TakingMail("testing");
    private static readonly IPAddress Honest = IPAddress.Parse("127.9.9.9");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_thousand_connections_that_never_finish_keep_nobody_else_out()
    {
        const int flood = 10_000;
        const int places = 1000;
        var options = new LabOptions { MaxConnections = places };
        var lab = await Watched.StartAsync(options, [Domain], Ct);
        var held = new List<TcpClient>(flood);
        await using (lab)
        {
            using var early = await HonestAsync(lab.Internet);
            await SmtpDialogue.SayAsync(early.GetStream(), ["", "EHLO test", "MAIL FROM:<>"], Ct);
            for (var i = 0; i < flood; i++)
            {
                held.Add(await LabFixture.ConnectAsync(Domain.Receivers[0].Address, lab.Internet.SmtpPort, Ct));
                if (i % 2 == 0)
                    await held[^1].GetStream().WriteAsync("EHLO nev"u8.ToArray(), Ct);
            }

            string[] rest = ["RCPT TO:<token@testing.lab.test>", "DATA", "."];
            await SmtpDialogue.SayAsync(early.GetStream(), rest, Ct);
            using var late = await HonestAsync(lab.Internet);
            await SmtpDialogue.SayAsync(late.GetStream(), ["", "EHLO test", "MAIL FROM:<>", .. rest], Ct);
            Assert.Equal(2, lab.Of<Observation.Delivered>().Length);
            held.ForEach(h => h.Dispose());
        }
        Assert.Equal(flood + 2, lab.Of<Observation.Connected>().Length);
        Assert.Equal(places, lab.Of<Observation.Left>().Length); // who was put out did not leave
        Assert.Equal(2, lab.Of<Observation.Delivered>().Count(d => Honest.Equals(d.Client)));
    }

    [Fact]
    public async Task A_full_house_ends_the_oldest_connection_of_its_busiest_client()
    {
        var options = new LabOptions { MaxConnections = 3 };
        await using var lab = await Watched.StartAsync(options, [Domain], Ct);
        using var honest = await HonestAsync(lab.Internet);
        await SmtpDialogue.SayAsync(honest.GetStream(), [""], Ct);
        var busy = new List<TcpClient>();
        for (var i = 0; i < 3; i++)
        {
            busy.Add(await LabFixture.ConnectAsync(Domain.Receivers[0].Address, lab.Internet.SmtpPort, Ct));
            await SmtpDialogue.SayAsync(busy[i].GetStream(), [""], Ct);
        }
        Assert.True(await Ending.IsOverAsync(busy[0], Ct));
        foreach (var open in (TcpClient[])[honest, busy[1], busy[2]])
            Assert.Equal(["250 2.0.0 OK"], await SmtpDialogue.SayAsync(open.GetStream(), ["NOOP"], Ct));
        busy.ForEach(b => b.Dispose());
    }

    [Fact]
    public async Task Many_addresses_of_one_network_are_one_client()
    {
        var (honest, flood) = (IPAddress.Parse("2001:db8:1::1"), IPAddress.Parse("2001:db8:2::"));
        var crowd = new Crowd(3);
        using var first = Enter(crowd, honest);
        Patience[] others = [.. Enumerable.Range(1, 9).Select(i => Enter(crowd, Nth(flood, i)))];
        Assert.Equal(
            [false, .. Enumerable.Repeat(true, 7), false, false],
            ((Patience[])[first, .. others]).Select(p => p.IsEvicted)
        );
        Array.ForEach(others, o => o.Dispose());
    }

    [Theory]
    [InlineData("")]
    [InlineData("EHLO a\r\nEHL")]
    [InlineData("EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<token@x>\r\nDATA\r\nSubject")]
    [InlineData("EHLO a\r\nSTARTTLS\r\n")]
    public async Task Who_keeps_a_mail_server_waiting_too_long_is_left(string said)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        var options = Impatient(clock);
        await using var lab = await Watched.StartAsync(options, [Domain], Ct);
        using var tcp = await LabFixture.ConnectAsync(Domain.Receivers[0].Address, lab.Internet.SmtpPort, Ct);
        await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(said), Ct);
        await Ending.ExpectAsync(tcp, clock, TimeSpan.FromMinutes(2), Ct);
        await lab.UntilAsync<Observation.Left>(Ct);
    }

    [Fact]
    public async Task Who_says_a_little_again_and_again_has_ten_minutes()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var lab = await Watched.StartAsync(new() { Clock = clock }, [Domain], Ct);
        using var tcp = await LabFixture.ConnectAsync(Domain.Receivers[0].Address, lab.Internet.SmtpPort, Ct);
        await SmtpDialogue.SayAsync(tcp.GetStream(), [""], Ct);
        for (var minute = 0; minute < 9; minute++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(["250 2.0.0 OK"], await SmtpDialogue.SayAsync(tcp.GetStream(), ["NOOP"], Ct));
        }
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await Ending.IsOverAsync(tcp, Ct));
    }

    [Fact]
    public async Task Who_keeps_a_policy_host_waiting_too_long_is_left()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        var options = Impatient(clock);
        await using var lab = await Watched.StartAsync(options, [Domain], Ct);
        using var tcp = await LabFixture.ConnectAsync(Domain.Sites[0].Address, lab.Internet.HttpsPort, Ct);
        await Ending.ExpectAsync(tcp, clock, TimeSpan.FromMinutes(2), Ct);
    }

    private static LabOptions Impatient(FakeTimeProvider clock) =>
        new()
        {
            Clock = clock,
            IdleTime = TimeSpan.FromMinutes(2),
            SessionTime = TimeSpan.FromDays(20),
        };

    private static Patience Enter(Crowd crowd, IPAddress client)
    {
        var limits = new ConnectionLimits(3, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        var patience = new Patience(limits, new FakeTimeProvider(), Ct);
        crowd.Enter(client, patience);
        return patience;
    }

    private static IPAddress Nth(IPAddress network, int host)
    {
        var bytes = network.GetAddressBytes();
        bytes[^1] = (byte)host;
        return new(bytes);
    }

    private static async Task<TcpClient> HonestAsync(LabInternet internet)
    {
        var tcp = new TcpClient(new IPEndPoint(Honest, 0));
        await tcp.ConnectAsync(Domain.Receivers[0].Address, internet.SmtpPort, Ct);
        return tcp;
    }
}
