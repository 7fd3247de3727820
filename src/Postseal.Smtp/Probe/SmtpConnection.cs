using System.Text;
using Postseal.Outbound;
using Postseal.Protocol.Smtp;

namespace Postseal.Smtp.Probe;

/// <summary>
/// One client connection: commands go out, bounded replies come in, and every step has a limit. Whatever the network or the server does
/// wrong ends up in <see cref="Stop"/>; after that nothing more should be asked of it.
/// </summary>
internal sealed class SmtpConnection(OutboundBudget budget, TimeProvider clock) : IAsyncDisposable
{
    // The peer has nothing left to say that we need: we only give it the chance to see a proper end.
    private static readonly TimeSpan QuitPatience = TimeSpan.FromSeconds(2);

    private readonly byte[] _buffer = new byte[SmtpReply.MaxLength];
    private int _buffered;
    private OutboundConnection? _connection;

    private Stream Wire => _connection?.Stream ?? Stream.Null;

    /// <summary>Why the conversation ended; null while it goes on.</summary>
    public ProbeStop? Stop { get; private set; }

    /// <summary>True when the server has sent something that nobody has read: after the 220 to STARTTLS this is an injection.</summary>
    public bool HasUnreadBytes => _buffered > 0 || _connection is { HasUnreadBytes: true };

    /// <summary>Opens the TCP connection.</summary>
    public async Task ConnectAsync(CheckedAddress address, int port, TimeSpan limit, CancellationToken ct) =>
        Stop = await WithoutLimitAsync(
            ProbeStep.Connect,
            limit,
            async token => _connection = await OutboundConnection.OpenAsync(address, port, limit, budget, clock, token),
            ct
        );

    /// <summary>Reads a reply that must have the given code; any other is returned too, and stops the conversation.</summary>
    public async Task<SmtpReply?> ReceiveAsync(ProbeStep step, int expected, TimeSpan limit, CancellationToken ct) =>
        await ExchangeAsync(step, "", expected, limit, ct);

    /// <summary>Sends one command and reads its reply, as <see cref="ReceiveAsync"/> does.</summary>
    public async Task<SmtpReply?> CommandAsync(
        ProbeStep step,
        string command,
        int expected,
        TimeSpan limit,
        CancellationToken ct
    ) => await ExchangeAsync(step, command + "\r\n", expected, limit, ct);

    /// <summary>Goes on inside TLS; gives what was agreed on, or null and the reason in <see cref="Stop"/>.</summary>
    public async Task<TlsAgreement?> SecureAsync(ClientHandshake handshake, TimeSpan limit, CancellationToken ct)
    {
        TlsAgreement? agreed = null;
        Stop = await WithoutLimitAsync(
            ProbeStep.Handshake,
            limit,
            async token =>
            {
                var tls = await _connection!.SecureAsync(handshake, limit, token);
                agreed = new(OutboundConnection.Version(tls), tls.NegotiatedCipherSuite.ToString());
            },
            ct
        );
        return agreed;
    }

    /// <summary>Sends raw bytes and reads until <paramref name="wanted"/> have come, the server closes or the limit is over.</summary>
    public async Task<byte[]> ExchangeRawAsync(byte[] bytes, int wanted, TimeSpan limit, CancellationToken ct)
    {
        var answer = new byte[wanted];
        var length = 0;
        Stop = await WithinAsync(
            ProbeStep.Handshake,
            limit,
            async token =>
            {
                await Wire.WriteAsync(bytes, token);
                while (length < wanted && await Wire.ReadAsync(answer.AsMemory(length), token) is var read and > 0)
                    length += read;
            },
            ct
        );
        return answer[..length];
    }

    /// <summary>Ends a conversation that is still in order. Nothing that goes wrong here is a fact about the server.</summary>
    public async Task QuitAsync(CancellationToken ct)
    {
        if (Stop is not (null or ProbeStop.Rejected))
            return;

        await WithinAsync(
            ProbeStep.EhloTls,
            QuitPatience,
            async token =>
            {
                await Wire.WriteAsync("QUIT\r\n"u8.ToArray(), token);
                await ReadReplyAsync(token);
            },
            ct
        );
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
    }

    private async Task<SmtpReply?> ExchangeAsync(ProbeStep step, string sent, int expected, TimeSpan limit, CancellationToken ct)
    {
        SmtpReply? reply = null;
        Stop = await WithinAsync(
            step,
            limit,
            async token =>
            {
                await Wire.WriteAsync(Encoding.ASCII.GetBytes(sent), token);
                reply = await ReadReplyAsync(token);
            },
            ct
        );
        if (reply is not null && reply.Code != expected)
            Stop = new ProbeStop.Rejected(step, reply, $"The server answered {reply.Code} {reply.Text}");
        return reply;
    }

    private async Task<SmtpReply> ReadReplyAsync(CancellationToken ct)
    {
        while (true)
        {
            switch (SmtpReplyRead.Read(_buffer.AsSpan(0, _buffered)))
            {
                case SmtpReplyRead.Complete complete:
                    _buffered -= complete.Consumed;
                    _buffer.AsSpan(complete.Consumed, _buffered).CopyTo(_buffer);
                    return complete.Reply;
                case SmtpReplyRead.Invalid { Error: var error }:
                    throw new InvalidDataException($"{error.Code} at {error.Offset}");
                case SmtpReplyRead.NeedMore when _buffered == _buffer.Length:
                    throw new InvalidDataException($"more than {SmtpReply.MaxLength} octets");
            }

            var read = await Wire.ReadAsync(_buffer.AsMemory(_buffered), ct);
            _buffered += read > 0 ? read : throw new EndOfStreamException();
        }
    }

    // The limit covers the whole step, so that a server that drips one byte at a time gains nothing.
    private async Task<ProbeStop?> WithinAsync(
        ProbeStep step,
        TimeSpan limit,
        Func<CancellationToken, Task> work,
        CancellationToken ct
    )
    {
        using var deadline = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        return await WithoutLimitAsync(step, limit, _ => work(either.Token), ct);
    }

    // For work that keeps the limit itself.
    private static async Task<ProbeStop?> WithoutLimitAsync(
        ProbeStep step,
        TimeSpan limit,
        Func<CancellationToken, Task> work,
        CancellationToken ct
    )
    {
        try
        {
            await work(ct);
            return null;
        }
        catch (Exception e) when (NetworkFault.Describe(step, e, limit) is { } stop)
        {
            ct.ThrowIfCancellationRequested();
            return stop;
        }
    }
}

/// <summary>What a handshake agreed on.</summary>
/// <param name="Protocol">For example <c>TLSv1.3</c>.</param>
/// <param name="CipherSuite">IANA name of the cipher suite.</param>
internal sealed record TlsAgreement(string Protocol, string CipherSuite);
