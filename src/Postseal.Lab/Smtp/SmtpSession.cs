using System.Text;
using Postseal.Lab.Connections;
using Postseal.Lab.Watching;

namespace Postseal.Lab.Smtp;

/// <summary>Commands and replies of one connection, up to STARTTLS or from there on (RFC 5321, RFC 3207).</summary>
/// <param name="front">The servers at the address.</param>
/// <param name="receiver">The one that the client has reached.</param>
internal sealed class SmtpSession(Front front, Receiver receiver, Visit visit, Latency latency, Stream stream, bool secured)
{
    private const int MaxCommands = 100; // of one that takes no mail; a probe sends five
    private const int MaxMailCommands = 1000; // ten messages to a hundred recipients
    private const int ReadAhead = 4096; // of one that takes mail: messages are long
    private const long MaxSkipped = 4L * Envelope.MaxMessage; // so far a message too big is read, that its sender hears why it is not taken

    private readonly Envelope _envelope = new(front, receiver, visit, secured);

    // With nothing read ahead, what follows STARTTLS belongs to the handshake, as RFC 3207 §4.2 has it.
    private readonly LineReader _lines = new(stream, receiver.Accepts is null ? 1 : ReadAhead);

    private bool TakesMail => receiver.Accepts is not null;

    /// <summary>Whether the client has said anything yet.</summary>
    public bool HasHeard { get; private set; }

    /// <summary>Answers commands; true when a handshake is due.</summary>
    public async Task<bool> TalkAsync(Patience patience, CancellationToken ct)
    {
        for (var commands = 0; commands < (TakesMail ? MaxMailCommands : MaxCommands); commands++)
        {
            patience.Renew();
            if (await _lines.ReadLineAsync(ct) is not { } line)
                return false;

            HasHeard = true;
            var verb = line.Split(' ')[0].ToUpperInvariant();
            var reply = Reply(verb, line);
            await SendAsync(reply, ct);
            if (verb == "STARTTLS" && reply.StartsWith("220", StringComparison.Ordinal))
                return true;
            if (reply.StartsWith("221", StringComparison.Ordinal) || reply == Injected)
                return false;
            if (verb == "DATA" && reply.StartsWith("354", StringComparison.Ordinal) && !await TakeMessageAsync(ct))
                return false;
        }
        await SendAsync("421 4.7.0 Too many commands", ct);
        return false;
    }

    private const string Injected = "554 5.5.0 Nothing may follow STARTTLS";

    private async Task<bool> TakeMessageAsync(CancellationToken ct)
    {
        var header = new HeaderReader();
        if (await _lines.SkipMessageAsync(MaxSkipped, header, ct) is not { } length)
            return false;

        await SendAsync(_envelope.Message(length, header), ct);
        return true;
    }

    private string Reply(string verb, string line)
    {
        if (verb is "EHLO" or "HELO")
            _envelope.Greet(line[verb.Length..].Trim());
        if (verb == "RSET")
            _envelope.Reset();
        return verb switch
        {
            _ when receiver.InsistsOnTls && !secured && verb is not ("NOOP" or "QUIT" or "STARTTLS") =>
                "530 5.7.0 Must issue a STARTTLS command first",
            "EHLO" => Ehlo(),
            "NOOP" => "250 2.0.0 OK",
            "QUIT" => "221 2.0.0 Bye",
            "STARTTLS" when secured => "503 5.5.1 TLS is already active", // RFC 3207 §4.2
            "STARTTLS" when _lines.HoldsMore => Injected,
            "STARTTLS" => receiver.StartTlsReply,
            "HELO" => $"250 {receiver.Host}",
            "RSET" => "250 2.0.0 OK",
            "MAIL" or "RCPT" or "DATA" when !TakesMail => "550 5.7.1 This server takes no mail",
            "MAIL" => _envelope.Mail(line),
            "RCPT" => _envelope.Rcpt(line),
            "DATA" => _envelope.Data(),
            _ => "500 5.5.1 Command not recognized",
        };
    }

    private string Ehlo()
    {
        string[] lines =
        [
            receiver.Host,
            .. receiver.Keywords.Select(k => TakesMail && k.StartsWith("SIZE ", StringComparison.Ordinal) ? Size : k),
            .. receiver.OffersStartTls && !secured ? ["STARTTLS"] : Array.Empty<string>(),
        ];
        return string.Join("\r\n", lines.Select((line, i) => $"250{(i == lines.Length - 1 ? ' ' : '-')}{line}"));
    }

    private static string Size => $"SIZE {Envelope.MaxMessage}";

    private async Task SendAsync(string reply, CancellationToken ct)
    {
        await latency.PassAsync(ct);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(reply + "\r\n"), ct);
    }
}
