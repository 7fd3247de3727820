using System.Security.Authentication;
using Org.BouncyCastle.Tls;

namespace Postseal.Lab.Tls;

/// <summary>The plain text side of a Bouncy Castle session, read and written without blocking a thread.</summary>
internal sealed class BouncyTlsStream : DuplexStream
{
    private const int RecordBytes = 17 * 1024; // RFC 8446 §5.2: 16 KiB and what encryption adds

    private readonly Stream _wire;
    private readonly TlsServerProtocol _protocol = new();
    private readonly byte[] _received = new byte[RecordBytes];

    private BouncyTlsStream(Stream wire) => _wire = wire;

    /// <summary>Makes the handshake. The caller keeps the wire.</summary>
    /// <exception cref="AuthenticationException">The two sides do not agree.</exception>
    public static async Task<TlsSession> AcceptAsync(Stream wire, BouncyServer server, CancellationToken ct)
    {
        var stream = new BouncyTlsStream(wire);
        stream._protocol.Accept(server);
        try
        {
            while (stream._protocol.IsHandshaking)
                if (!await stream.ReceiveAsync(ct))
                    throw new IOException("The client left during the handshake.");
        }
        catch (TlsException e)
        {
            await stream.SendAlertAsync(ct);
            throw new AuthenticationException(e.Message, e);
        }
        return new(stream, server.Sni, server.Version, server.Cipher);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_protocol.GetAvailableInputBytes() == 0)
            if (_protocol.IsClosed || !await ReceiveAsync(cancellationToken))
                return 0;

        var chunk = new byte[Math.Min(buffer.Length, _protocol.GetAvailableInputBytes())];
        var count = _protocol.ReadInput(chunk, 0, chunk.Length);
        chunk.AsMemory(0, count).CopyTo(buffer);
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _protocol.WriteApplicationData(buffer.Span);
        await SendPendingAsync(cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<bool> ReceiveAsync(CancellationToken ct)
    {
        var count = await _wire.ReadAsync(_received, ct);
        if (count == 0)
            return false;

        _protocol.OfferInput(_received, 0, count);
        await SendPendingAsync(ct);
        return true;
    }

    private async Task SendAlertAsync(CancellationToken ct)
    {
        try
        {
            await SendPendingAsync(ct);
        }
        catch (IOException)
        {
            // The client is gone already, after an alert of its own: that one is what matters.
        }
    }

    private async Task SendPendingAsync(CancellationToken ct)
    {
        var pending = new byte[_protocol.GetAvailableOutputBytes()];
        if (pending.Length == 0)
            return; // a client that has gone with an alert is noticed when that is read, not when nothing is sent to it

        var count = _protocol.ReadOutput(pending, 0, pending.Length);
        await _wire.WriteAsync(pending.AsMemory(0, count), ct);
    }
}
