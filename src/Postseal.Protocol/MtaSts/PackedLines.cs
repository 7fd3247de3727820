using System.Text;

namespace Postseal.Protocol.MtaSts;

/// <summary>Texts without a line end in one array of UTF-8, one after the other: a policy of 64 kilobytes costs that, not a hundred bytes for each of thousands of lines.</summary>
internal sealed class PackedLines(byte[] bytes, int count)
{
    private const byte End = (byte)'\n';

    /// <summary>None.</summary>
    public static readonly PackedLines Empty = new([], 0);

    /// <summary>How many texts.</summary>
    public int Count => count;

    /// <summary>All of them, each with a line end behind it.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>Bytes of memory.</summary>
    public int Length => bytes.Length;

    /// <summary>Cuts off the next text; false at the end.</summary>
    public static bool TryNext(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> text)
    {
        var length = rest.IndexOf(End);
        text = length < 0 ? default : rest[..length];
        rest = length < 0 ? default : rest[(length + 1)..];
        return length >= 0;
    }

    /// <summary>The texts, made one at a time.</summary>
    public IEnumerable<string> Texts()
    {
        for (var at = 0; at < bytes.Length; )
        {
            var length = bytes.AsSpan(at).IndexOf(End);
            yield return Encoding.UTF8.GetString(bytes, at, length);
            at += length + 1;
        }
    }

    /// <summary>Gathers texts.</summary>
    public sealed class Builder
    {
        private byte[] _bytes = [];
        private int _length;

        /// <summary>How many texts.</summary>
        public int Count { get; private set; }

        /// <summary>Adds a text.</summary>
        public void Add(ReadOnlySpan<byte> text)
        {
            var needed = _length + text.Length + 1;
            if (needed > _bytes.Length)
                Array.Resize(ref _bytes, Math.Max(needed, 2 * _bytes.Length));

            text.CopyTo(_bytes.AsSpan(_length));
            _bytes[needed - 1] = End;
            (_length, Count) = (needed, Count + 1);
        }

        /// <summary>What was gathered, in an array of just that length.</summary>
        public PackedLines ToLines() => Count == 0 ? Empty : new(_bytes[.._length], Count);
    }
}
