using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Postseal.Outbound;

/// <summary>One TCP connection to a checked address, and TLS over it. Bytes are bounded and counted against the job's budget.</summary>
public sealed class OutboundConnection : IAsyncDisposable
{
    /// <summary>Bytes that a peer may send over one connection: a handshake of 64 KB, a policy of 64 KB (RFC 8461 §3.3) and its headers of 32 KB, or as
    /// much of SMTP replies; the rest is framing.</summary>
    public const int MaxReceived = 256 * 1024;

    private readonly Socket _socket;
    private readonly ReceivedStream _received;
    private readonly OutboundBudget _budget;
    private readonly TimeProvider _clock;

    private OutboundConnection(Socket socket, OutboundBudget budget, TimeProvider clock)
    {
        (_socket, _budget, _clock) = (socket, budget, clock);
        _received = new(new NetworkStream(socket, ownsSocket: true), budget);
        Stream = _received;
    }

    /// <summary>What to read from and write to: plain until <see cref="SecureAsync"/>, then inside TLS.</summary>
    public Stream Stream { get; private set; }

    /// <summary>True when the peer has sent something that nobody has read yet.</summary>
    public bool HasUnreadBytes => _socket.Available > 0;

    /// <summary>How much of the handshake's time was ours: waiting for our turn, and working on what came. No peer is to be blamed for it.</summary>
    public TimeSpan OwnTime { get; private set; }

    /// <summary>Connects to the very address that was checked.</summary>
    /// <param name="to">The address.</param>
    /// <param name="port">The port.</param>
    /// <param name="limit">How long the peer has.</param>
    /// <param name="budget">What the job may still cost.</param>
    /// <param name="clock">Measures the limit.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="SocketException">No connection.</exception>
    /// <exception cref="OverBudgetException">The job has used up its connections.</exception>
    /// <exception cref="OperationCanceledException">The limit is over, or <paramref name="ct"/> was cancelled.</exception>
    public static async Task<OutboundConnection> OpenAsync(
        CheckedAddress to,
        int port,
        TimeSpan limit,
        OutboundBudget budget,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        budget.TakeConnection();
        using var deadline = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        var socket = new Socket(to.Value.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(to.Value, port), either.Token);
            return new(socket, budget, clock);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Does the handshake; from then on <see cref="Stream"/> is inside TLS.</summary>
    /// <param name="handshake">Whom to ask for, and who judges.</param>
    /// <param name="limit">How long the server may take over the whole handshake; what we take ourselves does not count.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="AuthenticationException">The handshake failed, or the certificate was not accepted.</exception>
    /// <exception cref="OverBudgetException">The server sends more than a handshake needs.</exception>
    /// <exception cref="IOException">The server closed the connection.</exception>
    /// <exception cref="OperationCanceledException">The limit is over, or <paramref name="ct"/> was cancelled.</exception>
    public async Task<SslStream> SecureAsync(ClientHandshake handshake, TimeSpan limit, CancellationToken ct)
    {
        // Begun there as well: what is read may be there before anybody awaits it, and is then worked on by who began.
        await HandshakeThreads.Enter();
        using var time = new PeerTime(limit, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Over, ct);
        var tls = new SslStream(_received);
        Stream = tls;
        _received.BeginHandshake(time);
        try
        {
            await tls.AuthenticateAsClientAsync(handshake.Options(_budget), either.Token).ConfigureAwait(false);
        }
        finally
        {
            _received.EndHandshake();
            OwnTime = time.Own;
            if (HandshakeThreads.IsCurrent)
                await Task.Yield(); // they are for handshakes, not for what our caller does next
        }

        return tls;
    }

    /// <summary>The TLS version as this product writes it: <c>TLSv1.3</c> or <c>TLSv1.2</c>.</summary>
    public static string Version(SslStream tls)
    {
        ArgumentNullException.ThrowIfNull(tls);
        return tls.SslProtocol == SslProtocols.Tls13 ? "TLSv1.3" : "TLSv1.2";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        _socket.Dispose();
    }
}
