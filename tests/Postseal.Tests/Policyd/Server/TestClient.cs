using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Postseal.Tests.Policyd.Server;

/// <summary>A socketmap client whose every byte is the test's.</summary>
internal sealed class TestClient(Socket socket) : IDisposable
{
    public Socket Socket { get; } = socket;

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await Socket.SendAsync(bytes, ct)..];
    }

    /// <summary>Sends a request and expects exactly its answer.</summary>
    public async Task AskAsync(string request, CancellationToken ct)
    {
        await SendAsync(TestServer.Request(request), ct);
        await ExpectAsync(TestServer.Reply(request), ct);
    }

    public async Task ExpectAsync(byte[] expected, CancellationToken ct)
    {
        var received = new byte[expected.Length];
        for (var length = 0; length < received.Length; )
        {
            var count = await Socket.ReceiveAsync(received.AsMemory(length), ct);
            Assert.True(count > 0, $"closed after {length} of {expected.Length} bytes");
            length += count;
        }

        if (!received.AsSpan().SequenceEqual(expected))
            Assert.Equal(Encoding.UTF8.GetString(expected), Encoding.UTF8.GetString(received));
    }

    /// <summary>Expects that the server closes without another byte.</summary>
    public async Task ExpectEndAsync(CancellationToken ct)
    {
        try
        {
            Assert.Equal(0, await Socket.ReceiveAsync(new byte[1], ct));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
        {
            // Cut rather than closed.
        }
    }

    /// <summary>Closes so that the peer gets a reset.</summary>
    public void Reset()
    {
        Socket.LingerState = new(enable: true, seconds: 0);
        Socket.Dispose();
    }

    public void Dispose() => Socket.Dispose();
}
