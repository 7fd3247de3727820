using System.Net;
using ARSoft.Tools.Net.Dns;

namespace Postseal.Lab.Dns;

/// <summary>The library's own transport for UDP, but what is no question does not come to the library: it answers whatever it can read, and two servers that
/// answer each other's answers never end.</summary>
internal sealed class UdpTransport(IPEndPoint endPoint, int sendMilliseconds) : IServerTransport
{
    private readonly UdpServerTransport _socket = new(endPoint, sendMilliseconds);

    public ushort DefaultAllowedResponseSize => _socket.DefaultAllowedResponseSize;

    public bool SupportsMultipleResponses => _socket.SupportsMultipleResponses;

    public bool AllowTruncatedResponses => _socket.AllowTruncatedResponses;

    public TransportProtocol TransportProtocol => TransportProtocol.Udp;

    public void Bind() => _socket.Bind();

    public void Close() => _socket.Close();

    /// <summary>Null: nothing to answer; the library asks again.</summary>
    public async Task<IServerConnection?> AcceptConnectionAsync(CancellationToken token) =>
        await _socket.AcceptConnectionAsync(token) is { } datagram
        && await datagram.ReceiveAsync(token) is { } message
        && MessageHeader.IsQuestion(message.ToArraySegment(includeLengthHeader: false), message.Length)
            ? new Question(this, message, datagram)
            : null;

    public void Dispose() => _socket.Dispose();

    /// <summary>One datagram, read already.</summary>
    private sealed class Question(UdpTransport transport, DnsReceivedRawPackage message, IServerConnection datagram)
        : IServerConnection
    {
        public IServerTransport Transport => transport;

        public IPEndPoint RemoteEndPoint => datagram.RemoteEndPoint;

        public IPEndPoint LocalEndPoint => datagram.LocalEndPoint;

        public bool CanRead { get; private set; } = true;

        public Task<bool> InitializeAsync(CancellationToken token) => datagram.InitializeAsync(token);

        public Task<DnsReceivedRawPackage?> ReceiveAsync(CancellationToken token)
        {
            CanRead = false;
            return Task.FromResult<DnsReceivedRawPackage?>(message);
        }

        public Task<bool> SendAsync(DnsRawPackage package, CancellationToken token) => datagram.SendAsync(package, token);

        public void Dispose() => datagram.Dispose();
    }
}
