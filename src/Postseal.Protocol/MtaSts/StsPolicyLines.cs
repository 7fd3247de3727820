namespace Postseal.Protocol.MtaSts;

/// <summary>How a line of a policy ends.</summary>
internal enum LineEnd
{
    /// <summary>The text ends with the line.</summary>
    None,
    Lf,
    CrLf,
}

/// <summary>Cuts a policy text into lines: <c>term = LF / CRLF</c>, mixed freely, the last line may lack it (RFC 8461 §3.2).</summary>
internal ref struct StsPolicyLines(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _next;

    /// <summary>One-based number of the current line.</summary>
    public int Number { get; private set; }

    /// <summary>Where the current line begins.</summary>
    public int Start { get; private set; }

    /// <summary>The current line without its end.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>How the current line ends.</summary>
    public LineEnd End { get; private set; }

    /// <summary>Goes to the next line; false when the text is used up.</summary>
    public bool MoveNext()
    {
        if (_next == _text.Length)
            return false;

        Start = _next;
        Number++;
        var rest = _text[_next..];
        var length = rest.IndexOf((byte)'\n');
        Content = length < 0 ? rest : rest[..length];
        _next = length < 0 ? _text.Length : Start + length + 1;
        End = length < 0 ? LineEnd.None : LineEnd.Lf;
        if (End == LineEnd.Lf && Content.EndsWith("\r"u8))
        {
            Content = Content[..^1];
            End = LineEnd.CrLf;
        }

        return true;
    }
}
