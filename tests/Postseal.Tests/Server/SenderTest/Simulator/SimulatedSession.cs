using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Postseal.Protocol;
using Postseal.Protocol.Tls;
using Postseal.Tests.Lab;

namespace Postseal.Tests.Server.SenderTest.Simulator;

/// <summary>The client's side of one SMTP session that delivers one message.</summary>
internal sealed class SimulatedSession : IAsyncDisposable
{
    private readonly TcpClient _tcp;
    private Stream _stream;
    private bool _offersTls;

    private SimulatedSession(TcpClient tcp) => (_tcp, _stream) = (tcp, tcp.GetStream());

    public static async Task<SimulatedSession> OpenAsync(IPEndPoint server, CancellationToken ct)
    {
        var session = new SimulatedSession(await LabFixture.ConnectAsync(server.Address, server.Port, ct));
        await session.HearAsync(ct);
        await session.GreetAsync(ct);
        return session;
    }

    /// <summary>STARTTLS, and what came of it.</summary>
    public async Task<TlsOutcome> SecureAsync(
        DomainName host,
        bool sendsSni,
        X509Certificate2Collection roots,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        if (!_offersTls)
            return new TlsOutcome.NotOffered();
        if (await SayAsync("STARTTLS", ct) is not ['2', ..] and var reply)
            return new TlsOutcome.CommandRefused(int.Parse(reply[..3], System.Globalization.CultureInfo.InvariantCulture));

        try
        {
            var (tls, sent) = await LabFixture.SecureAsync(_stream, sendsSni ? host.Value : null, ct);
            _stream = tls;
            var chain = ChainJudge.Judge(sent, host, roots, now);
            return new TlsOutcome.Established(tls.SslProtocol.ToString(), tls.NegotiatedCipherSuite.ToString(), chain);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            return new TlsOutcome.HandshakeFailed(e.Message);
        }
    }

    /// <summary>True when the message was taken.</summary>
    public async Task<bool> DeliverAsync(string recipient, CancellationToken ct)
    {
        if (_stream is SslStream)
            await GreetAsync(ct);

        string[] dialogue =
        [
            "MAIL FROM:<simulator@sender.test>",
            $"RCPT TO:<{recipient}>",
            "DATA",
            // RFC 8460 §5.3: a report says in a header what it is about.
            recipient.StartsWith("tls-reports@", StringComparison.Ordinal)
                ? $"TLS-Report-Domain: {recipient.Split('@')[1]}\r\nSubject: report\r\n\r\nreport\r\n."
                : "Subject: test\r\n\r\ntest\r\n.",
        ];
        foreach (var command in dialogue)
        {
            if (await SayAsync(command, ct) is not ['2' or '3', ..])
                return false;
        }
        await SayAsync("QUIT", ct);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _tcp.Dispose();
    }

    private async Task GreetAsync(CancellationToken ct) =>
        _offersTls = (await SayAsync("EHLO simulator.test", ct)).Contains("STARTTLS", StringComparison.Ordinal);

    private async Task<string> SayAsync(string command, CancellationToken ct)
    {
        await _stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), ct);
        return await HearAsync(ct);
    }

    // The whole reply; whatever is malformed here is a fault of the lab.
    private async Task<string> HearAsync(CancellationToken ct)
    {
        var reply = new StringBuilder();
        var one = new byte[1];
        var line = 0;
        while (true)
        {
            await _stream.ReadExactlyAsync(one, ct);
            reply.Append((char)one[0]);
            if (one[0] != '\n')
                continue;
            if (reply[line + 3] == ' ')
                return reply.ToString();
            line = reply.Length;
        }
    }
}
