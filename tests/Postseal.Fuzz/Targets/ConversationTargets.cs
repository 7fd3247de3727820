using System.Net;
using System.Text;
using Postseal.Cli.Policyd.Server;
using Postseal.Lab.Connections;
using Postseal.Lab.Smtp;
using Postseal.Lab.Watching;
using Postseal.Protocol.Smtp;
using Postseal.Protocol.Socketmap;

namespace Postseal.Fuzz.Targets;

/// <summary>What peers say line by line: SMTP both ways, and the socketmap protocol.</summary>
internal static class ConversationTargets
{
    private static readonly string[] SmtpWords =
    [
        "EHLO a\r\n",
        "HELO a\r\n",
        "MAIL FROM:<>\r\n",
        "RCPT TO:<postmaster>\r\n",
        "RCPT TO:<token@a.test>\r\n",
        "DATA\r\n",
        "\r\n.\r\n",
        "RSET\r\n",
        "STARTTLS\r\n",
        "QUIT\r\n",
        " SIZE=99999999999",
        "\n.\n",
        "..",
        "TLS-Report-Domain: a.test\r\n",
        "<@a,@b:",
        "\"",
        "\\",
    ];

    private static readonly Front OneServer = new(
        new Receiver("mx1.a.test", IPAddress.Loopback) { Accepts = a => a.StartsWith("token@", StringComparison.Ordinal) },
        []
    );

    public static IEnumerable<FuzzTarget> All =>
        [
            new("smtp-reply", SmtpReplyBytes)
            {
                Seeds = () =>
                    Seeds.Texts(
                        "220 mx.example.com ESMTP\r\n",
                        "250-mx.example.com\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250 8BITMIME\r\n",
                        "451 4.7.1 Try again later\n",
                        "250\r\n250 next"
                    ),
                Words = ["250-", "250 ", "\r\n", "4.7.1 ", "STARTTLS", "550 ", new string('a', 1000)],
                MaxLength = SmtpReply.MaxLength + 4096,
            },
            new("smtp-session", SmtpSessionBytes)
            {
                Seeds = () =>
                    Seeds.Texts(
                        "EHLO a\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<token@a.test>\r\nDATA\r\nSubject: a\r\nTLS-Required: No\r\n\r\n..\r\n.\r\nQUIT\r\n",
                        "HELO a\r\nMAIL FROM:<> SIZE=5\r\nRCPT TO:<@x,@y:token@a.test>\r\nRSET\r\nNOOP\r\nSTARTTLS\r\n"
                    ),
                Words = SmtpWords,
                MaxLength = 8192,
            },
            new("smtp-path", Path)
            {
                Seeds = () =>
                    Seeds.Texts(
                        "MAIL FROM:<a@b.test> SIZE=1 BODY=8BITMIME",
                        "rcpt to: <\"a>\\\"b\"@c.test>",
                        "RCPT TO:<@a,@b:c@d>",
                        "MAIL FROM:<>"
                    ),
                Words = SmtpWords,
                MaxLength = 1024,
            },
            new("smtp-header", Header)
            {
                Seeds = () =>
                    Seeds.Texts(
                        "TLS-Required: No\r\nSubject: a\r\n b\r\n\r\nbody\r\n",
                        "TLS-Report-Domain: a.test\r\nTLS-Report-Submitter: b\r\n\r\nname=\"b!a.test!1761955200!1762041599!1.json.gz\"\r\n"
                    ),
                Words =
                [
                    "TLS-Required:",
                    "TLS-Report-Domain:",
                    "TLS-Report-Submitter:",
                    "\r\n ",
                    "\r\n\r\n",
                    "filename=\"a!b!1!2!c.json\"",
                    "!99999999999",
                ],
                MaxLength = 8192,
            },
            new("netstring", NetstringBytes)
            {
                Seeds = () => Seeds.Texts("19:postfix example.com,", "0:,", "3:abc,3:def,", "10:postfix a"),
                Words = ["99999999:", "0:", ",", ":", "postfix ", "postfix-tlsrpt "],
                MaxLength = 12_000,
            },
            new("socketmap-dialogue", DialogueBytes)
            {
                Seeds = () =>
                    Seeds.Texts("19:postfix example.com,10:postfix .a,", "10:postfix a,9:postfix b,20:postfix-tlsrpt [a.b],"),
                Words = ["10:postfix a,", "0:,", "10000:", "10001:", "sendmail "],
                MaxLength = 12_000,
            },
            new("destination", Key)
            {
                Seeds = () =>
                    Seeds
                        .Texts(
                            "example.com",
                            "[mx.example.com]:25",
                            "mx.example.com:submission",
                            "[192.0.2.1]",
                            "[IPv6:2001:db8::1]:25",
                            ".example.com"
                        )
                        .Concat(Seeds.Rows("domain-name", 1)),
                Words = ["[", "]", ":", ":25", ":smtp", "65536", "[IPv6:", "xn--", "0x7f"],
                MaxLength = 2000,
            },
        ];

    private static void SmtpReplyBytes(byte[] input)
    {
        var whole = SmtpReplyRead.Read(input);
        switch (whole)
        {
            case SmtpReplyRead.Invalid invalid:
                Invariant.Inside(invalid.Error.Offset, input.Length);
                break;
            case SmtpReplyRead.Complete { Reply: var reply, Consumed: var consumed }:
                Invariant.Holds(consumed is > 0 and <= SmtpReply.MaxLength && consumed <= input.Length, "what was used");
                Invariant.Holds(
                    reply.Code is >= 200 and <= 559 && reply.Lines.Length is > 0 and <= SmtpReply.MaxLines,
                    "code or lines"
                );
                Invariant.Holds(
                    SmtpReplyRead.Read(input.AsSpan(0, consumed)) is SmtpReplyRead.Complete again && again.Reply.Equals(reply),
                    "what follows matters"
                );
                Invariant.Holds(
                    SmtpReplyRead.Read(input.AsSpan(0, consumed - 1)) is SmtpReplyRead.NeedMore,
                    "a reply before its end"
                );
                _ = reply.EnhancedCode;
                var ehlo = EhloReply.From(reply);
                Text.IsPrintable(ehlo.Greeting, EhloReply.MaxText);
                foreach (var keyword in ehlo.Keywords)
                    Text.IsPrintable(keyword.Name + keyword.Value, 2 * EhloReply.MaxText);
                break;
            default:
                Invariant.Holds(
                    input.Length < SmtpReply.MaxLength + SmtpReply.MaxLineLength,
                    "more is wanted than is ever taken"
                );
                break;
        }

        // However it comes, in pieces or whole, it is the same.
        var half = input.AsSpan(0, input.Length / 2);
        if (whole is not SmtpReplyRead.NeedMore && SmtpReplyRead.Read(half) is SmtpReplyRead.Complete early)
            Invariant.Holds(
                whole is SmtpReplyRead.Complete late && late.Consumed == early.Consumed,
                "half of it is another reply"
            );
    }

    private static void SmtpSessionBytes(byte[] input)
    {
        foreach (var secured in (bool[])[false, true])
        {
            var watch = new Watch(seen => Invariant.Holds(seen.Place.Length > 0, "seen nowhere"), TimeProvider.System);
            using var patience = new Patience(
                new(1, TimeSpan.FromHours(1), TimeSpan.FromHours(1)),
                TimeProvider.System,
                CancellationToken.None
            );
            using var stream = new ScriptedStream(input, input.Length % 7 * 100 + 1);
            var visit = Visit.At(watch, IPAddress.Loopback, OneServer.Greeter.Host);
            var session = new SmtpSession(
                OneServer,
                OneServer.Greeter,
                visit,
                new(TimeSpan.Zero, TimeProvider.System),
                stream,
                secured
            );
            Invariant.Done(session.TalkAsync(patience, CancellationToken.None));
            foreach (var line in Encoding.Latin1.GetString(stream.Written).Split("\r\n")[..^1])
                Invariant.Holds(
                    line is [>= '2' and <= '5', _, _, ' ' or '-', ..] && line.All(c => c is >= ' ' and <= '~'),
                    $"it replies '{line}'"
                );
        }
    }

    private static void Path(byte[] input)
    {
        var command = Text.Latin1(input);
        foreach (var keyword in (string[])["FROM:", "TO:"])
        {
            if (MailPath.Of(command, keyword) is { } path)
                Invariant.Holds(path.Size() >= 0 | path.Address.Length <= command.Length, "a size below nothing");
        }
    }

    private static void Header(byte[] input)
    {
        var reader = new HeaderReader();
        foreach (var octet in input)
            reader.Take(octet);

        foreach (var value in (string?[])[reader.TlsRequired, reader.ReportDomain, reader.ReportSubmitter])
            Invariant.Holds(value is null or { Length: <= 300 }, "a value longer than is kept");
        _ = reader.ReportPeriod;
    }

    private static void NetstringBytes(byte[] input)
    {
        const int longest = 10_000;
        var read = Netstring.Read(input, longest);
        if (read.Error is { } error)
            Invariant.Inside(error.Offset, input.Length);

        if (read.Status != NetstringStatus.Complete)
            return;

        Invariant.Holds(read.Payload.Length <= longest && read.Consumed <= input.Length, "longer than allowed");
        Invariant.Holds(
            Netstring.Frame(read.Payload).AsSpan().SequenceEqual(input.AsSpan(0, read.Consumed)),
            "framed again it is another"
        );
        if (SocketmapRequest.TryParse(read.Payload, out var request))
        {
            Invariant.Holds(request.Map.Length + 1 + request.Key.Length == read.Payload.Length, "a part of the request is lost");
            _ = Dialects.Of(request.Map, out _);
            _ = Destination.TryParse(request.Key, out _);
        }
    }

    private static void DialogueBytes(byte[] input)
    {
        var reply = Netstring.Frame("NOTFOUND "u8);
        var dialogue = new Dialogue(Answer, new(), new());
        var replies = new ReplyBuffer(ReplyBuffer.DefaultCapacity);
        for (var rest = input.AsSpan(); ; )
        {
            var turn = dialogue.Advance(rest, replies);
            Invariant.Holds(turn.Consumed >= 0 && turn.Consumed <= rest.Length, "more is used than there is");
            Invariant.Holds(
                turn.End is TurnEnd.NeedsInput or TurnEnd.Refused || turn.Consumed > 0 || !replies.IsEmpty,
                "it goes round in a circle"
            );
            rest = rest[turn.Consumed..];
            replies.Clear();
            if (turn.End is TurnEnd.NeedsInput or TurnEnd.Refused)
                return;
        }

        bool Answer(ReadOnlySpan<byte> request, out ReadOnlyMemory<byte> answer)
        {
            answer = reply;
            return request.Length % 3 != 0; // the others need a look-up
        }
    }

    private static void Key(byte[] input)
    {
        if (!Destination.TryParse(input, out var destination))
            return;

        Invariant.Holds(destination.Port is null or (>= 1 and <= 65535), "a port");
        Invariant.Holds(Destination.TryParse(destination.ToString(), out var again), "the destination as written is none");
        Invariant.Same(destination, again!, "the destination as written is another");
    }
}
