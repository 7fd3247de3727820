using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using CsCheck;
using Postseal.Lab.Tls;
using Postseal.Tests.Protocol;
using Xunit;

namespace Postseal.Tests.Lab;

public sealed class ClientHelloTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("mx1.one.test", "mx1.one.test")]
    [InlineData("MX1.One.TEST", "mx1.one.test")]
    [InlineData("", null)]
    public async Task The_name_is_read_and_nothing_is_lost(string asked, string? read)
    {
        var record = await RecordAsync(asked);
        await using var hello = await ClientHello.ReadAsync(new MemoryStream(record), Ct);
        Assert.Equal(read, hello.Sni);
        var all = new MemoryStream();
        await hello.Replayed.CopyToAsync(all, Ct);
        Assert.Equal(record, all.ToArray());
    }

    [Fact]
    public async Task Any_domain_name_is_asked_for_as_it_is() =>
        await NameGen.Any.SampleAsync(
            async name => Assert.Equal(name.Value, ClientHello.SniOf(await RecordAsync(name.Value))),
            iter: 300,
            threads: 1
        );

    [Fact]
    public async Task Cut_anywhere_it_holds_the_name_or_none()
    {
        var record = await RecordAsync("mx1.one.test");
        for (var length = 0; length < record.Length; length++)
            Assert.True(ClientHello.SniOf(record.AsSpan(0, length)) is null or "mx1.one.test");
    }

    [Fact]
    public async Task Any_bytes_are_read_and_replayed()
    {
        var record = await RecordAsync("mx1.one.test");
        Gen.Select(Gen.Int[0, record.Length - 1], Gen.Byte)
            .Sample(
                (at, value) =>
                {
                    var changed = record.ToArray();
                    changed[at] = value;
                    return ClientHello.SniOf(changed) is null or { Length: < 65536 };
                }
            );
        Gen.Byte.Array[0, 300].Sample(bytes => ClientHello.SniOf(bytes) is null or { Length: < 300 });
    }

    // As the platform's own client writes it.
    private static async Task<byte[]> RecordAsync(string name)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = await LabFixture.ConnectAsync(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndpoint).Port, Ct);
        var handshake = LabFixture.SecureAsync(client.GetStream(), name, Ct);
        byte[] record;
        using (var server = await listener.AcceptTcpClientAsync(Ct))
        {
            var header = new byte[5];
            await server.GetStream().ReadExactlyAsync(header, Ct);
            record = [.. header, .. new byte[BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(3))]];
            await server.GetStream().ReadExactlyAsync(record.AsMemory(header.Length), Ct);
        }
        await Assert.ThrowsAsync<IOException>(() => handshake); // the listener has gone without a word
        return record;
    }
}
