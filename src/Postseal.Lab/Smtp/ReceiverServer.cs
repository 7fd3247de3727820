using System.Net.Sockets;
using System.Text;
using Postseal.Lab.Certificates;
using Postseal.Lab.Connections;
using Postseal.Lab.Tls;
using Postseal.Lab.Watching;

namespace Postseal.Lab.Smtp;

/// <summary>The server's side of RFC 5321 with STARTTLS (RFC 3207).</summary>
internal sealed class ReceiverServer(WorldStage stage, LabAuthority authority, Latency latency, Watch watch)
{
    /// <summary>Serves one connection.</summary>
    public async Task ServeAsync(Peer peer, Stream wire, CancellationToken ct)
    {
        if (stage.Now.FrontAt(peer.Server) is not { } front)
            return;

        var visit = front.IsShared ? Visit.AtOneOfMany(watch, peer.Client) : Visit.At(watch, peer.Client, front.Greeter.Host);
        visit.Connected();
        try
        {
            if (!await GreetAsync(front.Greeter, wire, ct))
                return;

            var session = new SmtpSession(front, front.Greeter, visit, latency, wire, false);
            if (await session.TalkAsync(peer.Patience, ct))
                await SecureAsync(front, visit, peer.Patience, wire, ct);
        }
        finally
        {
            if (!peer.Patience.IsEvicted)
                visit.Left();
            if (front.IsShared)
                visit.MeantNobody(front.Greeter.Host);
        }
    }

    /// <summary>False when nothing follows.</summary>
    private async Task<bool> GreetAsync(Receiver receiver, Stream wire, CancellationToken ct)
    {
        if (receiver.GreetingDelay != TimeSpan.Zero)
            await Task.Delay(receiver.GreetingDelay, latency.Clock, ct);

        await latency.PassAsync(ct);
        await wire.WriteAsync(Encoding.Latin1.GetBytes(receiver.Greeting + "\r\n"), ct);
        if (!receiver.Greeting.StartsWith("220", StringComparison.Ordinal))
            return false;
        if (receiver.FallsSilent)
            await Task.Delay(Timeout.InfiniteTimeSpan, latency.Clock, ct);
        return true;
    }

    private async Task SecureAsync(Front front, Visit visit, Patience patience, Stream wire, CancellationToken ct)
    {
        patience.Renew();
        if (!front.IsShared)
        {
            await SecureAsync(front, front.Greeter, visit, patience, wire, ct);
            return;
        }

        await using var hello = await ClientHello.ReadAsync(wire, ct);
        var receiver = front.BySni(hello.Sni);
        if (receiver != front.Greeter)
            visit.Means(receiver.Host);

        await SecureAsync(front, receiver, visit, patience, hello.Replayed, ct);
    }

    private async Task SecureAsync(
        Front front,
        Receiver receiver,
        Visit visit,
        Patience patience,
        Stream wire,
        CancellationToken ct
    )
    {
        await using var tls = await TlsServer.AcceptAsync(wire, receiver.Tls, receiver.Host, visit, authority, ct);
        if (tls is null)
            return;

        visit.Secured(tls.Sni, tls.Protocol, tls.Cipher);
        var session = new SmtpSession(front, receiver, visit, latency, tls.Stream, true);
        try
        {
            await session.TalkAsync(patience, ct);
        }
        catch (IOException e) when (!session.HasHeard && e.GetBaseException() is not SocketException)
        {
            // A client may judge the certificate, and send its alert, when to us the handshake is over.
            visit.HandshakeFailed(e);
        }
    }
}
