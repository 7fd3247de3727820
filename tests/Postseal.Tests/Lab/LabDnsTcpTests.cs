using System.Buffers.Binary;
using System.Net.Sockets;
using DnsClient;
using Microsoft.Extensions.Time.Testing;
using Postseal.Lab;
using Postseal.Lab.Dns;
using Postseal.Lab.Domains;
using Xunit;

namespace Postseal.Tests.Lab;

/// <summary>The name server over TCP (RFC 7766): answers, and what it gives to those who only sit there.</summary>
public sealed class LabDnsTcpTests
{
    private const int Most = 1000; // connections at a time

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    // A question for the MX records of tcp.test, as it is sent: id 7, recursion desired.
    private static readonly byte[] Question =
    [
        0,
        26,
        0,
        7,
        1,
        0,
        0,
        1,
        0,
        0,
        0,
        0,
        0,
        0,
        3,
        .. "tcp"u8,
        4,
        .. "test"u8,
        0,
        0,
        15,
        0,
        1,
    ];

    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Questions_on_one_connection_are_answered_in_turn()
    {
        await using var lab = await StartAsync();
        using var client = await ConnectAsync(lab);
        byte[] second = [.. Question];
        second[3] = 8;
        await client.GetStream().WriteAsync((byte[])[.. Question, .. second], Ct);
        Assert.Equal((7, 1), await AnswerAsync(client));
        Assert.Equal((8, 1), await AnswerAsync(client));
    }

    [Fact]
    public async Task A_flood_of_connections_pushes_out_itself_and_questions_are_answered()
    {
        await using var lab = await StartAsync();
        var clients = new List<TcpClient>();
        try
        {
            for (var i = 0; i < Most + 50; i++)
                clients.Add(await ConnectAsync(lab));

            foreach (var oldest in clients.Take(50))
                Assert.True(await Ending.IsOverAsync(oldest, Ct));

            await clients[^1].GetStream().WriteAsync(Question, Ct);
            Assert.Equal((7, 1), await AnswerAsync(clients[^1]));
            Assert.Single((await LabFixture.AskAsync(lab, "tcp.test", QueryType.MX, true, Ct)).Answers);
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }
    }

    [Fact]
    public async Task Who_says_nothing_is_hung_up_on_after_some_seconds()
    {
        await using var lab = await StartAsync();
        using var client = await ConnectAsync(lab);
        await client.GetStream().WriteAsync(Question, Ct);
        await AnswerAsync(client);
        await client.GetStream().WriteAsync(Question.AsMemory(0, 20), Ct); // begins, and never ends
        await Ending.ExpectAsync(client, _clock, Idle, Ct);
    }

    [Fact]
    public async Task Who_asks_what_is_never_answered_is_hung_up_on_after_some_seconds()
    {
        var silent = new LabDomain("tcp.test", "").Add(new ZoneRecord.Fault("@", DnsFault.Silent));
        await using var lab = await LabInternet.StartAsync(new() { Clock = _clock }, [silent], Ct);
        using var client = await ConnectAsync(lab);
        await client.GetStream().WriteAsync(Question, Ct);
        await Ending.ExpectAsync(client, _clock, Idle, Ct);
    }

    [Theory]
    [InlineData(new byte[] { 0, 11, 0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0 })] // shorter than a header
    [InlineData(new byte[] { 0, 18, 0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xC0, 12, 0, 15, 0, 1 })] // a name that points at itself
    [InlineData(new byte[] { 0, 12, 0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0 })] // says one question, and has none
    [InlineData(new byte[] { 0, 13, 0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 63 })] // a name that goes beyond the end
    public async Task Who_sends_no_message_is_hung_up_on_and_others_are_answered(byte[] garbage)
    {
        await using var lab = await StartAsync();
        using var client = await ConnectAsync(lab);
        await client.GetStream().WriteAsync(garbage, Ct);
        Assert.True(await Ending.IsOverAsync(client, Ct));
        using var datagrams = new UdpClient();
        await datagrams.SendAsync(garbage.AsMemory(2), lab.DnsEndPoint, Ct);
        Assert.Single((await LabFixture.AskAsync(lab, "tcp.test", QueryType.MX, true, Ct)).Answers);
    }

    [Fact]
    public async Task No_spoiled_message_stops_it()
    {
        await using var lab = await StartAsync();
        using var datagrams = new UdpClient();
        var chance = new Random(8461);
        for (var round = 0; round < 40; round++)
        {
            for (var i = 0; i < 50; i++) // no more, as what finds no room in the socket's buffer is lost, the true question too
                await datagrams.SendAsync(Spoil(chance), lab.DnsEndPoint, Ct);
            Assert.Single((await LabFixture.AskAsync(lab, "tcp.test", QueryType.MX, true, Ct)).Answers);
        }
    }

    private static ReadOnlyMemory<byte> Spoil(Random chance)
    {
        var message = Question[2..];
        for (var spots = chance.Next(1, 6); spots > 0; spots--)
            message[chance.Next(message.Length)] = (byte)chance.Next(256);
        return message.AsMemory(0, chance.Next(message.Length + 1));
    }

    private Task<LabInternet> StartAsync() =>
        LabInternet.StartAsync(new() { Clock = _clock }, [LabDomain.Plain("tcp.test", "")], Ct);

    private static Task<TcpClient> ConnectAsync(LabInternet lab) =>
        LabFixture.ConnectAsync(lab.DnsEndPoint.Address, lab.DnsEndPoint.Port, Ct);

    private static async Task<(int Id, int Answers)> AnswerAsync(TcpClient client)
    {
        var length = new byte[2];
        await client.GetStream().ReadExactlyAsync(length, Ct);
        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await client.GetStream().ReadExactlyAsync(message, Ct);
        return (BinaryPrimitives.ReadUInt16BigEndian(message), BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(6)));
    }
}
