using System.Net.Sockets;
using Postseal.Lab.Domains;
using Postseal.Lab.Watching;
using Xunit;

namespace Postseal.Tests.Lab;

/// <summary>The name server answers questions and nothing else: no responses, or one forged datagram has two servers answer each other for ever.</summary>
public sealed class LabDnsQuestionTests
{
    private const int Times = 20; // datagrams are answered side by side, so that one answer could be late

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0x80)] // a response
    [InlineData(0x85)] // one with authority
    [InlineData(0xA8)] // one to an update
    [InlineData(0x10)] // asks for the status
    [InlineData(0x20)] // a NOTIFY
    [InlineData(0x28)] // an update
    public async Task What_is_no_question_is_not_answered_over_UDP(byte flags)
    {
        var lab = await StartAsync();
        await using (lab)
        {
            using var client = new UdpClient();
            client.Connect(lab.Internet.DnsEndPoint);
            for (var i = 0; i < Times; i++)
                await client.SendAsync(Message(7, flags), Ct);
            await client.SendAsync(Message(8, 1), Ct);
            Assert.Equal(8, (await client.ReceiveAsync(Ct)).Buffer[1]);
        }
        Assert.Single(lab.Of<Observation.Asked>());
    }

    [Theory]
    [InlineData(0x80)]
    [InlineData(0x85)]
    [InlineData(0xA8)]
    [InlineData(0x10)]
    [InlineData(0x20)]
    [InlineData(0x28)]
    public async Task What_is_no_question_is_not_answered_over_TCP(byte flags)
    {
        var lab = await StartAsync();
        await using (lab)
        {
            var server = lab.Internet.DnsEndPoint;
            using var client = await LabFixture.ConnectAsync(server.Address, server.Port, Ct);
            var (dropped, asked) = (Message(7, flags), Message(8, 1));
            byte length = (byte)asked.Length;
            await client.GetStream().WriteAsync((byte[])[0, length, .. dropped, 0, length, .. asked], Ct);
            var answer = new byte[4];
            await client.GetStream().ReadExactlyAsync(answer, Ct);
            Assert.Equal(8, answer[3]);
        }
        Assert.Single(lab.Of<Observation.Asked>());
    }

    private static byte[] Message(byte id, byte flags) =>
        [0, id, flags, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, .. "dns"u8, 4, .. "test"u8, 0, 0, 15, 0, 1];

    private static Task<Watched> StartAsync() => Watched.StartAsync(LabDomain.Plain("dns.test", ""), Ct);
}
