using System.Text;

namespace Postseal.Lab.Smtp;

/// <summary>Reads commands and messages off a connection.</summary>
/// <param name="ahead">How many bytes may be read at once; with one, nothing behind a line is ever read before its time.</param>
internal sealed class LineReader(Stream stream, int ahead)
{
    private const int MaxLine = 1024; // RFC 5321 §4.5.3.1.4 asks for 512

    private readonly byte[] _buffer = new byte[ahead];
    private int _next;
    private int _end;

    /// <summary>The client has sent more than was taken so far.</summary>
    public bool HoldsMore => _next < _end;

    /// <summary>A line without its end, as Latin-1; null when the client is gone or does not end its line.</summary>
    public async Task<string?> ReadLineAsync(CancellationToken ct)
    {
        var line = new byte[MaxLine];
        for (var length = 0; length < MaxLine; length++)
        {
            if (!HoldsMore && !await FillAsync(ct))
                return null;

            line[length] = _buffer[_next++];
            if (line[length] == '\n')
                return Encoding.Latin1.GetString(line, 0, length).TrimEnd('\r');
        }
        return null;
    }

    /// <summary>Reads a message, its header past a reader, and drops it. Its length as sent, the final dot included; null when it was cut off or is longer than that.</summary>
    public async Task<long?> SkipMessageAsync(long longest, HeaderReader header, CancellationToken ct)
    {
        var length = 0L;
        var state = MessageEnd.LineBegins;
        while (length < longest)
        {
            if (!HoldsMore && !await FillAsync(ct))
                return null;

            while (HoldsMore && state != MessageEnd.Reached)
            {
                header.Take(_buffer[_next]);
                state = After(state, _buffer[_next++]);
                length++;
            }
            if (state == MessageEnd.Reached)
                return length;
        }
        return null;
    }

    private async Task<bool> FillAsync(CancellationToken ct)
    {
        _next = 0;
        _end = await stream.ReadAsync(_buffer, ct);
        return _end > 0;
    }

    // RFC 5321 §4.1.1.4: CR LF . CR LF and nothing that only looks like it; a line that begins with a dot has one more (§4.5.2), so that no other ends the message.
    private static MessageEnd After(MessageEnd state, byte octet) =>
        (state, octet) switch
        {
            (MessageEnd.Return, (byte)'\n') => MessageEnd.LineBegins,
            (MessageEnd.LineBegins, (byte)'.') => MessageEnd.Dot,
            (MessageEnd.Dot, (byte)'\r') => MessageEnd.DotReturn,
            (MessageEnd.DotReturn, (byte)'\n') => MessageEnd.Reached,
            (_, (byte)'\r') => MessageEnd.Return,
            _ => MessageEnd.InLine,
        };

    private enum MessageEnd
    {
        InLine,
        Return,
        LineBegins,
        Dot,
        DotReturn,
        Reached,
    }
}
