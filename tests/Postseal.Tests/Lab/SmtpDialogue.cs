using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Postseal.Lab;
using Postseal.Lab.Smtp;

namespace Postseal.Tests.Lab;

/// <summary>Says lines to a mail server of the lab and hears the replies.</summary>
public sealed class SmtpDialogue(LabInternet internet)
{
    /// <summary>The greeting and the reply to each command, one string each, line ends as LF; null where the server closed.</summary>
    public async Task<List<string?>> SayAsync(string label, string[] commands, CancellationToken ct)
    {
        using var tcp = await ConnectAsync(ReceiverOf(label), ct);
        return await SayAsync(tcp.GetStream(), ["", .. commands], ct);
    }

    /// <summary>The replies inside TLS.</summary>
    public async Task<List<string?>> SaySecuredAsync(string label, string[] commands, CancellationToken ct)
    {
        var receiver = ReceiverOf(label);
        using var tcp = await ConnectAsync(receiver, ct);
        await SayAsync(tcp.GetStream(), ["", "EHLO test", "STARTTLS"], ct);
        var (tls, _) = await LabFixture.SecureAsync(tcp.GetStream(), receiver.Host, ct);
        await using (tls)
            return await SayAsync(tls, commands, ct);
    }

    /// <summary>The certificates of the first mail server, as sent.</summary>
    public async Task<X509Certificate2[]> ChainAsync(string label, string? sni, CancellationToken ct)
    {
        using var tcp = await StartTlsAsync(label, ct);
        var (tls, sent) = await LabFixture.SecureAsync(tcp.GetStream(), sni, ct);
        await using (tls)
            return sent;
    }

    /// <summary>A connection whose next bytes are the handshake.</summary>
    public async Task<TcpClient> StartTlsAsync(string label, CancellationToken ct)
    {
        var tcp = await ConnectAsync(ReceiverOf(label), ct);
        await SayAsync(tcp.GetStream(), ["", "EHLO test", "STARTTLS"], ct);
        return tcp;
    }

    private Receiver ReceiverOf(string label) => internet.Domains.Single(d => d.Name == $"{label}.lab.test").Receivers[0];

    private Task<TcpClient> ConnectAsync(Receiver receiver, CancellationToken ct) =>
        LabFixture.ConnectAsync(receiver.Address, internet.SmtpPort, ct);

    /// <summary>The reply to each command; the empty command is none and hears the next reply.</summary>
    public static async Task<List<string?>> SayAsync(Stream stream, string[] commands, CancellationToken ct)
    {
        var replies = new List<string?>();
        foreach (var command in commands)
        {
            if (command.Length > 0)
                await stream.WriteAsync(Encoding.Latin1.GetBytes(command + "\r\n"), ct);
            replies.Add(await ReplyAsync(stream, ct));
        }
        return replies;
    }

    private static async Task<string?> ReplyAsync(Stream stream, CancellationToken ct)
    {
        var reply = new List<string>();
        do
        {
            var line = new List<byte>();
            var one = new byte[1];
            while (line is not [.., (byte)'\r', (byte)'\n'])
            {
                if (await stream.ReadAsync(one, ct) == 0)
                    return null;
                line.Add(one[0]);
            }
            reply.Add(Encoding.Latin1.GetString([.. line])[..^2]);
        } while (reply[^1] is [_, _, _, '-', ..]);
        return string.Join('\n', reply);
    }
}
