using System.Net;
using System.Text;
using Postseal.Lab.Certificates;
using Postseal.Lab.Tls;

namespace Postseal.Lab.Smtp;

/// <summary>The server's side of RFC 5321 as far as STARTTLS (RFC 3207). It never takes a message.</summary>
internal sealed class ReceiverServer(IReadOnlyDictionary<IPAddress, Receiver> receivers, LabAuthority authority, Latency latency)
{
    private const int MaxLine = 1024; // RFC 5321 §4.5.3.1.4 asks for 512
    private const int MaxCommands = 100; // in one session; a probe sends five

    /// <summary>Serves one connection.</summary>
    public async Task ServeAsync(IPAddress address, Stream wire, CancellationToken ct)
    {
        var receiver = receivers[address];
        if (receiver.GreetingDelay != TimeSpan.Zero)
            await Task.Delay(receiver.GreetingDelay, latency.Clock, ct);

        await SendAsync(wire, receiver.Greeting, ct);
        if (!receiver.Greeting.StartsWith("220", StringComparison.Ordinal))
            return;
        if (receiver.FallsSilent)
            await Task.Delay(Timeout.InfiniteTimeSpan, latency.Clock, ct);

        if (!await TalkAsync(wire, receiver, secured: false, ct))
            return;

        await using var tls = await TlsServer.AcceptAsync(wire, receiver.Tls, receiver.Host, authority, ct);
        if (tls is not null)
            await TalkAsync(tls, receiver, secured: true, ct);
    }

    /// <summary>Answers commands; true when a handshake is due.</summary>
    private async Task<bool> TalkAsync(Stream stream, Receiver receiver, bool secured, CancellationToken ct)
    {
        for (var commands = 0; commands < MaxCommands; commands++)
        {
            if (await ReadLineAsync(stream, ct) is not { } line)
                return false;

            var verb = line.Split(' ')[0].ToUpperInvariant();
            var reply = Reply(verb, receiver, secured);
            await SendAsync(stream, reply, ct);
            if (verb == "STARTTLS" && reply.StartsWith("220", StringComparison.Ordinal))
                return true;
            if (reply.StartsWith("221", StringComparison.Ordinal))
                return false;
        }
        await SendAsync(stream, "421 4.7.0 Too many commands", ct);
        return false;
    }

    private static string Reply(string verb, Receiver receiver, bool secured) =>
        verb switch
        {
            _ when receiver.InsistsOnTls && !secured && verb is not ("NOOP" or "QUIT" or "STARTTLS") =>
                "530 5.7.0 Must issue a STARTTLS command first",
            "EHLO" => Ehlo(receiver, secured),
            "NOOP" => "250 2.0.0 OK",
            "QUIT" => "221 2.0.0 Bye",
            "STARTTLS" when secured => "503 5.5.1 TLS is already active", // RFC 3207 §4.2
            "STARTTLS" => receiver.StartTlsReply,
            "HELO" => $"250 {receiver.Host}",
            "RSET" => "250 2.0.0 OK",
            "MAIL" or "RCPT" or "DATA" => "550 5.7.1 This server takes no mail",
            _ => "500 5.5.1 Command not recognized",
        };

    private static string Ehlo(Receiver receiver, bool secured)
    {
        string[] lines =
        [
            receiver.Host,
            .. receiver.Keywords,
            .. receiver.OffersStartTls && !secured ? ["STARTTLS"] : Array.Empty<string>(),
        ];
        return string.Join("\r\n", lines.Select((line, i) => $"250{(i == lines.Length - 1 ? ' ' : '-')}{line}"));
    }

    // Byte by byte, so that nothing behind STARTTLS is read before the handshake (RFC 3207 §4.2).
    private static async Task<string?> ReadLineAsync(Stream stream, CancellationToken ct)
    {
        var line = new byte[MaxLine];
        for (var length = 0; length < MaxLine; length++)
        {
            if (await stream.ReadAsync(line.AsMemory(length, 1), ct) == 0)
                return null;
            if (line[length] == '\n')
                return Encoding.Latin1.GetString(line, 0, length).TrimEnd('\r');
        }
        return null;
    }

    private async Task SendAsync(Stream stream, string reply, CancellationToken ct)
    {
        await latency.PassAsync(ct);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(reply + "\r\n"), ct);
    }
}
