using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using ARSoft.Tools.Net.Dns;
using Postseal.Lab.Connections;

namespace Postseal.Lab.Dns;

/// <summary>DNS over TCP (RFC 7766) for the library's server, on the lab's own connections: the library's own transport bounds neither their number nor their
/// time, and leaves those that ended to the garbage collector.</summary>
internal sealed class TcpTransport : IServerTransport, IAsyncDisposable
{
    private const int LengthBytes = 2; // RFC 1035 §4.2.2

    /// <summary>Resolvers use UDP, but for long answers.</summary>
    private static readonly ConnectionLimits Limits = new(
        1000,
        TimeSpan.FromSeconds(10), // RFC 7766 §6.2.3: a few seconds; a resolver that asks on at once keeps its connection
        TimeSpan.FromMinutes(10)
    );

    private readonly Channel<Question> _asked = Channel.CreateUnbounded<Question>(); // bounded by the connections: one question on each
    private readonly Sessions _sessions;
    private readonly int _port;

    /// <exception cref="SocketException">The port is taken on one of the addresses.</exception>
    public TcpTransport(IReadOnlyList<IPAddress> addresses, int port, TimeProvider clock)
    {
        _port = port;
        _sessions = Sessions.Listen(addresses, port, Limits, clock, ServeAsync);
    }

    public ushort DefaultAllowedResponseSize => ushort.MaxValue;

    public bool SupportsMultipleResponses => true;

    public bool AllowTruncatedResponses => false;

    public TransportProtocol TransportProtocol => TransportProtocol.Tcp;

    public void Bind() { }

    public void Close() { }

    public async Task<IServerConnection?> AcceptConnectionAsync(CancellationToken token)
    {
        try
        {
            return await _asked.Reader.ReadAsync(token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    void IDisposable.Dispose() { }

    public ValueTask DisposeAsync() => _sessions.DisposeAsync();

    private async Task ServeAsync(Peer peer, NetworkStream stream, CancellationToken ct)
    {
        var (client, server) = (new IPEndPoint(peer.Client, 0), new IPEndPoint(peer.Server, _port));
        while (true)
        {
            // Whoever asks, reads no answers or asks what is never answered, has the same time.
            peer.Patience.Renew();
            if (await ReadQuestionAsync(stream, ct) is not { } bytes || Parse(bytes, client, server) is not { } message)
                return;

            var question = new Question(this, message, stream, ct);
            _asked.Writer.TryWrite(question);
            if (!await question.AnsweredAsync(ct))
                return;
        }
    }

    /// <summary>The next that asks; what does not is dropped, and wins the client no time.</summary>
    private static async Task<byte[]?> ReadQuestionAsync(NetworkStream stream, CancellationToken ct)
    {
        while (await ReadAsync(stream, ct) is { } message)
        {
            if (MessageHeader.IsQuestion(message.AsSpan(LengthBytes), message.Length - LengthBytes))
                return message;
        }
        return null;
    }

    /// <summary>With its length before it. Null: the client has left, or what it sends is no message.</summary>
    private static async Task<byte[]?> ReadAsync(NetworkStream stream, CancellationToken ct)
    {
        var length = new byte[LengthBytes];
        if (await stream.ReadAtLeastAsync(length, LengthBytes, throwOnEndOfStream: false, ct) < LengthBytes)
            return null;

        var bytes = BinaryPrimitives.ReadUInt16BigEndian(length);
        if (bytes < MessageHeader.Bytes)
            return null;

        var message = new byte[LengthBytes + bytes];
        length.CopyTo(message, 0);
        await stream.ReadExactlyAsync(message.AsMemory(LengthBytes), ct);
        return message;
    }

    private static DnsReceivedRawPackage? Parse(byte[] message, IPEndPoint client, IPEndPoint server)
    {
        try
        {
            return new(message, client, server);
        }
        catch (Exception) // the library names none for a message that it cannot read
        {
            return null;
        }
    }

    /// <summary>One message, which the library takes for a connection, as it does with one that came by UDP.</summary>
    private sealed class Question(
        TcpTransport transport,
        DnsReceivedRawPackage message,
        NetworkStream stream,
        CancellationToken session
    ) : IServerConnection
    {
        private readonly TaskCompletionSource<bool> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Whether there was an answer; the library is done with it.</summary>
        public Task<bool> AnsweredAsync(CancellationToken ct) => _answered.Task.WaitAsync(ct);

        public IServerTransport Transport => transport;

        public IPEndPoint RemoteEndPoint => message.RemoteEndpoint;

        public IPEndPoint LocalEndPoint => message.LocalEndpoint;

        public bool CanRead { get; private set; } = true;

        private bool IsSent { get; set; }

        public Task<bool> InitializeAsync(CancellationToken token) => Task.FromResult(true);

        public Task<DnsReceivedRawPackage?> ReceiveAsync(CancellationToken token)
        {
            CanRead = false;
            return Task.FromResult<DnsReceivedRawPackage?>(message);
        }

        public async Task<bool> SendAsync(DnsRawPackage package, CancellationToken token)
        {
            await stream.WriteAsync(package.ToArraySegment(includeLengthHeader: true), session);
            return IsSent = true;
        }

        public void Dispose() => _answered.TrySetResult(IsSent);
    }
}
