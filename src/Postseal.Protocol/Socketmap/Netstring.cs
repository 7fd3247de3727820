using System.Buffers.Text;

namespace Postseal.Protocol.Socketmap;

/// <summary>
/// The framing of the socketmap protocol, <c>3:abc,</c>: the length of the payload in decimal digits without leading zeros, a colon, the payload,
/// a comma (D. J. Bernstein, Netstrings, 1997). Lengths count bytes.
/// </summary>
public static class Netstring
{
    /// <summary>Reads the netstring at the start of the buffer. A length over <paramref name="maxLength"/> is refused as soon as its digits show
    /// it, so nobody needs to keep bytes of a payload that will never be taken.</summary>
    /// <param name="input">What has come so far, from the first digit on.</param>
    /// <param name="maxLength">The longest payload taken, in bytes; from 0 to 99,999,999.</param>
    public static NetstringRead Read(ReadOnlySpan<byte> input, int maxLength)
    {
        var length = 0;
        var position = 0;
        for (; position < input.Length && input[position] != ':'; position++)
        {
            var digit = input[position] - '0';
            if (digit is < 0 or > 9)
                return NetstringRead.Malformed("netstring.digit", position);

            if (position > 0 && length == 0)
                return NetstringRead.Malformed("netstring.leading-zero", 0);

            length = (length * 10) + digit;
            if (length > maxLength)
                return NetstringRead.Malformed("netstring.length", position);
        }

        if (position == input.Length)
            return NetstringRead.Incomplete;

        if (position == 0)
            return NetstringRead.Malformed("netstring.digit", 0);

        var rest = input[(position + 1)..];
        if (rest.Length <= length)
            return NetstringRead.Incomplete;

        var end = position + 1 + length;
        return rest[length] == ','
            ? NetstringRead.Complete(rest[..length], end + 1)
            : NetstringRead.Malformed("netstring.comma", end);
    }

    /// <summary>The payload as a netstring.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> payload)
    {
        Span<byte> digits = stackalloc byte[10]; // those of the longest span there can be
        Utf8Formatter.TryFormat(payload.Length, digits, out var count);
        var whole = new byte[count + 1 + payload.Length + 1];
        digits[..count].CopyTo(whole);
        whole[count] = (byte)':';
        payload.CopyTo(whole.AsSpan(count + 1));
        whole[^1] = (byte)',';
        return whole;
    }
}
