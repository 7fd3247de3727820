using Postseal.Lab.Watching;

namespace Postseal.Lab.Smtp;

/// <summary>MAIL, RCPT and DATA of one connection, up to STARTTLS or from there on. Nothing taken here goes anywhere.</summary>
/// <param name="front">The servers at the address.</param>
/// <param name="chosen">The one that the client has reached.</param>
internal sealed class Envelope(Front front, Receiver chosen, Visit visit, bool secured)
{
    /// <summary>Longest message taken. A message of a sender test has a few kilobytes.</summary>
    public const int MaxMessage = 4 * 1024 * 1024;

    private const int MaxRecipients = 100; // RFC 5321 §4.5.3.1.8: at least as many

    private readonly List<(string Address, Recipient Of)> _recipients = [];
    private bool _isGreeted;
    private string? _sender; // empty for the null sender

    /// <summary>EHLO or HELO, which resets like RSET (RFC 5321 §4.1.4).</summary>
    public void Greet(string name)
    {
        Reset();
        _isGreeted = true;
        visit.Greeted(name, secured);
    }

    /// <summary>RSET.</summary>
    public void Reset()
    {
        _sender = null;
        _recipients.Clear();
    }

    /// <summary>The reply to MAIL.</summary>
    public string Mail(string command)
    {
        if (!_isGreeted)
            return "503 5.5.1 Say EHLO first";
        if (_sender is not null)
            return "503 5.5.1 One sender at a time";
        if (MailPath.Of(command, "FROM:") is not { } path)
            return "501 5.5.4 Syntax: MAIL FROM:<address>";
        if (path.Size() > MaxMessage)
            return TooBig;

        var reply = chosen.MailReply ?? "250 2.1.0 OK";
        if (IsPositive(reply))
            _sender = path.Address;
        return reply;
    }

    /// <summary>The reply to RCPT.</summary>
    public string Rcpt(string command)
    {
        var address = MailPath.Of(command, "TO:")?.Address.ToLowerInvariant() ?? "";
        if (address.Length == 0)
            return "501 5.5.4 Syntax: RCPT TO:<address>";

        address = front.Whole(address, chosen);
        var recipient = front.To(address, chosen);
        var reply = Judge(address, recipient.Receiver);
        var isTaken = IsPositive(reply);
        if (isTaken)
            _recipients.Add((address, recipient));

        visit.Addressed(recipient.Host, address, secured, isTaken);
        return reply;
    }

    /// <summary>The reply to DATA; a message follows 354 only.</summary>
    public string Data() =>
        _recipients is [var (_, first), ..]
            ? first.Receiver.DataReply ?? "354 End with a line of one dot"
            : "503 5.5.1 No valid recipients";

    /// <summary>The reply to a message.</summary>
    public string Message(long length, HeaderReader header)
    {
        var reply = length > MaxMessage ? TooBig : _recipients[0].Of.Receiver.MessageReply ?? "250 2.0.0 Taken and thrown away";
        if (IsPositive(reply))
            _recipients.ForEach(r => visit.Delivered(r.Of.Host, _sender ?? "", r.Address, secured, header));

        Reset();
        return reply;
    }

    private const string TooBig = "552 5.3.4 Message too big";

    private string Judge(string address, Receiver receiver) =>
        true switch
        {
            _ when _sender is null => "503 5.5.1 Say MAIL first",
            _ when _recipients.Count == MaxRecipients => "452 4.5.3 Too many recipients", // RFC 5321 §4.5.3.1.10
            _ when receiver.Accepts?.Invoke(address) != true => "550 5.1.1 No such recipient here",
            _ => receiver.RcptReply ?? "250 2.1.5 OK",
        };

    private static bool IsPositive(string reply) => reply.StartsWith('2');
}
