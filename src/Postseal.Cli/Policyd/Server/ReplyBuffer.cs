namespace Postseal.Cli.Policyd.Server;

/// <summary>The answers to one segment of requests, gathered so that one send carries them.</summary>
internal sealed class ReplyBuffer(int capacity)
{
    /// <summary>Enough for the answers to some hundred pipelined requests. More than this is never gathered, so that it is also the bound of what
    /// a client that does not read can make us keep.</summary>
    public const int DefaultCapacity = 32 * 1024;

    private byte[] _bytes = new byte[capacity];
    private int _length;

    public bool IsEmpty => _length == 0;

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, _length);

    /// <summary>Adds an answer; false when it has to wait until what is gathered is sent.</summary>
    public bool TryAdd(ReadOnlySpan<byte> reply)
    {
        if (reply.Length > _bytes.Length - _length)
        {
            if (_length > 0)
                return false;

            _bytes = new byte[reply.Length]; // one answer that is longer than all this: once in a life, if ever
        }

        reply.CopyTo(_bytes.AsSpan(_length));
        _length += reply.Length;
        return true;
    }

    public void Clear() => _length = 0;
}
