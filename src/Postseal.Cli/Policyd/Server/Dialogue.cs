using System.Diagnostics;
using System.Text;
using Postseal.Protocol;
using Postseal.Protocol.Socketmap;

namespace Postseal.Cli.Policyd.Server;

/// <summary>Why a turn of the dialogue ended.</summary>
internal enum TurnEnd
{
    /// <summary>Everything whole is answered; what is left is the beginning of a request, or nothing.</summary>
    NeedsInput,

    /// <summary>The next request needs a look-up; those behind it wait for it.</summary>
    NeedsLookup,

    /// <summary>The gathered answers have to be sent before the next one fits.</summary>
    NeedsSending,

    /// <summary>The input is no netstring. The refusal is among the answers; the connection ends when they are sent.</summary>
    Refused,
}

/// <summary>What one turn did.</summary>
internal readonly ref struct Turn(TurnEnd end, int consumed, int answered, ReadOnlySpan<byte> cold = default)
{
    public TurnEnd End { get; } = end;

    /// <summary>Bytes of the input that are done with, the request for a look-up included.</summary>
    public int Consumed { get; } = consumed;

    /// <summary>Requests that were answered from memory.</summary>
    public int Answered { get; } = answered;

    /// <summary>The request that needs a look-up.</summary>
    public ReadOnlySpan<byte> Cold { get; } = cold;
}

/// <summary>The dialogue on one connection, whatever carries it: framing, order, limits. Allocates nothing but for what is refused.</summary>
internal sealed class Dialogue(WarmAnswer warm, SocketmapLimits limits, SocketmapCounters counters)
{
    /// <summary>Answers the requests at the start of the input one after another, for as long as memory answers and the answers fit.</summary>
    public Turn Advance(ReadOnlySpan<byte> input, ReplyBuffer replies)
    {
        var consumed = 0;
        var answered = 0;
        while (consumed < input.Length)
        {
            var read = Netstring.Read(input[consumed..], limits.MaxRequestBytes);
            if (read.Status == NetstringStatus.Incomplete)
                break;

            if (read.Status == NetstringStatus.Malformed)
                return Refuse(read.Error!, consumed, answered, replies);

            if (!warm(read.Payload, out var reply))
            {
                counters.AnswersCold();
                return new(TurnEnd.NeedsLookup, consumed + read.Consumed, answered, read.Payload);
            }

            if (!replies.TryAdd(reply.Span))
                return new(TurnEnd.NeedsSending, consumed, answered);

            consumed += read.Consumed;
            answered++;
        }

        return new(TurnEnd.NeedsInput, consumed, answered);
    }

    private Turn Refuse(ParseError error, int consumed, int answered, ReplyBuffer replies)
    {
        if (!replies.TryAdd(Netstring.Frame(Encoding.ASCII.GetBytes($"PERM {Reason(error.Code)}"))))
            return new(TurnEnd.NeedsSending, consumed, answered);

        counters.WasMalformed();
        return new(TurnEnd.Refused, consumed, answered);
    }

    private string Reason(string code) =>
        code switch
        {
            "netstring.digit" => "the request does not begin with a length in digits",
            "netstring.leading-zero" => "the length of the request has leading zeros",
            "netstring.length" => $"the request is longer than {limits.MaxRequestBytes} bytes",
            "netstring.comma" => "the request does not end with a comma",
            _ => throw new UnreachableException(code),
        };
}
