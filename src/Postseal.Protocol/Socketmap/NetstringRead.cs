namespace Postseal.Protocol.Socketmap;

/// <summary>How far the bytes at the start of a buffer are a netstring.</summary>
public enum NetstringStatus
{
    /// <summary>A proper beginning: read more.</summary>
    Incomplete,

    /// <summary>A whole netstring; what follows it was sent ahead.</summary>
    Complete,

    /// <summary>No netstring, whatever may follow.</summary>
    Malformed,
}

/// <summary>What stands at the start of a buffer. A span over the buffer itself, so that reading copies and allocates nothing.</summary>
public readonly ref struct NetstringRead
{
    private NetstringRead(NetstringStatus status, ReadOnlySpan<byte> payload, int consumed, ParseError? error)
    {
        Status = status;
        Payload = payload;
        Consumed = consumed;
        Error = error;
    }

    /// <summary>Which of the three it is.</summary>
    public NetstringStatus Status { get; }

    /// <summary>The bytes between colon and comma; empty unless complete.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>How many bytes of the buffer the whole netstring takes; 0 unless complete.</summary>
    public int Consumed { get; }

    /// <summary>Why it is malformed; null otherwise. Codes: <c>netstring.digit</c>, <c>netstring.leading-zero</c>, <c>netstring.length</c>, <c>netstring.comma</c>.</summary>
    public ParseError? Error { get; }

    internal static NetstringRead Incomplete => new(NetstringStatus.Incomplete, default, 0, null);

    internal static NetstringRead Complete(ReadOnlySpan<byte> payload, int consumed) =>
        new(NetstringStatus.Complete, payload, consumed, null);

    internal static NetstringRead Malformed(string code, int offset) =>
        new(NetstringStatus.Malformed, default, 0, new(code, offset));
}
