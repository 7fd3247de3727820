using System.Net.Security;
using System.Text;
using Xunit;

namespace Postseal.Tests.Resolver.PolicyHost;

/// <summary>HTTP/2, frame by frame.</summary>
public sealed class Http2Tests : PolicyHostTest
{
    [Fact]
    [Trait("rfc", "8461-3.3-16")]
    public async Task HTTP_2_is_spoken_where_it_is_offered()
    {
        await using var server = new RawHttpsServer(Http2Async, Good, alpn: SslApplicationProtocol.Http2);

        Assert.Equal(Policy, Body(await FetchAsync(server)));
    }

    // Settings, then headers (":status: 200" and "content-type: text/plain" of RFC 7541) and the body on stream 1 (RFC 9113 §4.1).
    private static async Task Http2Async(Stream stream, CancellationToken ct)
    {
        byte[] headers = [0x88, 0x5F, 10, .. "text/plain"u8];
        await stream.WriteAsync(Frame(4, 0, 0, []), ct);
        await stream.WriteAsync(Frame(4, 1, 0, []), ct);
        await ReadHttp2RequestAsync(stream, ct);
        await stream.WriteAsync(Frame(1, 4, 1, headers), ct);
        await stream.WriteAsync(Frame(0, 1, 1, Encoding.ASCII.GetBytes(Policy)), ct);
        while (await stream.ReadAsync(new byte[100], ct) > 0) { }
    }

    private static async Task ReadHttp2RequestAsync(Stream stream, CancellationToken ct)
    {
        await stream.ReadExactlyAsync(new byte[24], ct); // the client's preface
        var header = new byte[9];
        do
        {
            await stream.ReadExactlyAsync(header, ct);
            await stream.ReadExactlyAsync(new byte[(header[1] << 8) | header[2]], ct);
        } while (header[3] != 1);
    }

    private static byte[] Frame(byte type, byte flags, byte streamId, byte[] payload) =>
        [0, (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, 0, 0, 0, streamId, .. payload];
}
