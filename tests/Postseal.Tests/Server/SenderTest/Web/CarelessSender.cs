using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Postseal.Lab;

namespace Postseal.Tests.Server.SenderTest.Web;

/// <summary>A mail server that knows nothing of policies: takes any certificate, delivers in clear where there is no TLS.</summary>
public sealed class CarelessSender(LabInternet internet)
{
    /// <summary>Sends one message to the first mail server of the recipient's domain; gives the reply to RCPT.</summary>
    /// <param name="ehlo">The name it gives.</param>
    /// <param name="recipient">An address in the lab.</param>
    public async Task<string> SendAsync(string ehlo, string recipient, CancellationToken ct)
    {
        var domain = internet.Domains.Single(d => d.Name == recipient[(recipient.IndexOf('@', StringComparison.Ordinal) + 1)..]);
        using var socket = new TcpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await socket.ConnectAsync(domain.Receivers[0].Address, internet.SmtpPort, ct);
        Stream stream = socket.GetStream();
        await ReplyAsync(stream, ct);
        if ((await AskAsync(stream, $"EHLO {ehlo}", ct)).Contains("STARTTLS", StringComparison.Ordinal))
        {
            await AskAsync(stream, "STARTTLS", ct);
            var tls = new SslStream(stream);
            var options = new SslClientAuthenticationOptions
            {
                TargetHost = domain.Receivers[0].Host,
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            };
            await tls.AuthenticateAsClientAsync(options, ct);
            stream = tls;
            await AskAsync(stream, $"EHLO {ehlo}", ct);
        }

        await using var last = stream;
        await AskAsync(stream, "MAIL FROM:<me@careless.example>", ct);
        var reply = await AskAsync(stream, $"RCPT TO:<{recipient}>", ct);
        if (reply.StartsWith("250", StringComparison.Ordinal))
        {
            await AskAsync(stream, "DATA", ct);
            await AskAsync(stream, "Subject: x\r\n\r\nhello\r\n.", ct);
        }

        await AskAsync(stream, "QUIT", ct);
        return reply;
    }

    private static async Task<string> AskAsync(Stream stream, string line, CancellationToken ct)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), ct);
        return await ReplyAsync(stream, ct);
    }

    private static async Task<string> ReplyAsync(Stream stream, CancellationToken ct)
    {
        var (text, one) = (new StringBuilder(), new byte[1]);
        for (var start = 0; await stream.ReadAsync(one, ct) > 0; )
        {
            text.Append((char)one[0]);
            if (one[0] != '\n')
                continue;

            if (text.Length > start + 3 && text[start + 3] == ' ')
                break;

            start = text.Length;
        }

        return text.ToString();
    }
}
